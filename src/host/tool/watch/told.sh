# told: what an operator has to know of the host and no step of pulumi repairs. It is no drift, and read in each check.

# list_told: prints it; the log has been read.
list_told() {
  if [ "$(live)" = original ]; then return; fi
  told_room
  told_bridges
  [ "${relayed_lost:-0}" = 0 ] || printf '%s\n' \
    "the newest lines of the log have $relayed_lost reports of undelivered mail that were refused and are gone, so \
nobody knows of that mail ($relayed_lost_why)"
}

# told_room: where Postfix takes no mail, or will soon take none, for want of room.
told_room() {
  local largest='' least='' limits=''
  limits=$(sed -n 's/^\(message_size_limit\|queue_minfree\) = \([0-9]*\)$/\1 \2/p' "$state/good/etc/main.cf" \
    2>/dev/null)
  case $limits in *message_size_limit*) largest=${limits#*message_size_limit } ;; esac
  case $limits in *queue_minfree*) least=${limits#*queue_minfree } ;; esac
  largest=${largest%%"$newline"*} least=${least%%"$newline"*}
  # shellcheck disable=SC2046 # numbers, below words
  set -- $(df -k --output=avail,itotal,iavail "$spool" 2>/dev/null)
  [ $# -lt 3 ] || shift "$(($# - 3))"
  case $#,$1,${largest:=10240000},${least:=0} in 3,*[!0-9,]*) return ;; 3,*) ;; *) return ;; esac
  largest=$((largest * 3 / 2))
  [ "$least" -lt "$largest" ] || largest=$least
  if [ "$1" -le "$((largest / 1024))" ]; then
    printf '%s\n' "$spool has room for $(($1 / 1024)) MB: Postfix takes no mail at port 25 where there are less than \
$((largest / 1048576)) MB, and soon none at all: free some space"
  fi
  # A file system without a number of inodes has 0, or `-`.
  case $2,$3 in 0,* | *[!0-9,]*) return ;; esac
  [ "$3" -ge 100 ] || printf '%s\n' "$spool has room for $3 files more, and each message takes up to three: remove some"
}

# told_bridges: which bridges Postfix does without.
told_bridges() {
  local missing=''
  missing=$(bridges_left_out)
  [ -z "$missing" ] || printf '%s\n' \
    "no interface of this host has the address of these bridges, and Postfix does without them until one has: $missing"
}

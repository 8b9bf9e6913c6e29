# told: what an operator has to know of the host and no step of pulumi repairs. It is no drift, and read in each check.

# list_told: prints it; the log has been read.
list_told() {
  if [ "$(live)" = original ]; then return; fi
  told_room
  told_tokens
  told_bridges
  told_log
  told_reports
}

# told_reports: reports of undelivered mail that nobody gets.
told_reports() {
  local words='reports of undelivered mail that were refused'
  [ "${relayed_kept:-0}" = 0 ] || printf '%s\n' \
    "the newest lines of the log have $relayed_kept $words, so the sender does not know of that mail: they are in the \
mailbox of the user $relayed_keeper on this host, /var/mail/$relayed_keeper ($relayed_lost_why)"
  [ "${relayed_lost:-0}" = 0 ] || printf '%s\n' \
    "the newest lines of the log have $relayed_lost $words and are gone, so nobody knows of that mail \
($relayed_lost_why)"
}

# told_tokens: which tokens could not be renewed.
told_tokens() {
  local name='' folder='' since='' why='' left='' ends=''
  for name in $(token_names "$state/good"); do
    folder=$login/logins/$name
    { read -r since why <"$folder/error"; } 2>/dev/null || continue
    left=$(token_left "$folder") ends='has ended, and mail waits'
    [ "$left" = 0 ] || ends="ends in $(age "$left")"
    printf '%s\n' "the token for $(token_value "$folder" user) $ends: it could not be renewed since \
$(date -d "@$since" '+%Y-%m-%d %H:%M:%S %z'): $why"
  done
}

# told_room: where Postfix takes no mail, or will soon take none, for want of room.
told_room() {
  local largest='' least='' limits='' room_space='' room_needed='' room_files=''
  limits=$(sed -n 's/^\(message_size_limit\|queue_minfree\) = \([0-9]*\)$/\1 \2/p' "$state/good/etc/main.cf" \
    2>/dev/null)
  case $limits in *message_size_limit*) largest=${limits#*message_size_limit } ;; esac
  case $limits in *queue_minfree*) least=${limits#*queue_minfree } ;; esac
  largest=${largest%%"$newline"*} least=${least%%"$newline"*}
  read_room "${largest:-10240000}" "${least:-0}"
  if [ -n "$room_space" ]; then
    printf '%s\n' "$spool has room for $room_space MB: Postfix takes no mail at port 25 where there are less than \
$room_needed MB, and soon none at all: free some space"
  fi
  [ -z "$room_files" ] ||
    printf '%s\n' "$spool has room for $room_files files more, and each message takes up to three: remove some"
}

# told_log: where whoever likes can write what the log says of the last delivery.
told_log() {
  [ "$maillog_place" != open ] || printf '%s\n' \
    "this host has no journal, and every user can write in $maillog_file: what is said here of the last delivery may \
be anybody's. Give it a journal (Storage= in journald.conf), or set mainCf: { maillog_file: /var/log/postfix.log }"
}

# told_bridges: which bridges Postfix does without.
told_bridges() {
  local missing=''
  missing=$(bridges_left_out)
  [ -z "$missing" ] || printf '%s\n' \
    "no bridge of this host has these addresses, and Postfix does without them until one has: $missing"
}

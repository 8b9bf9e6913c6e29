# Room for the messages that a generation accepts.

# require_room GENERATION: refuses a queue that cannot be written, or has no room: Postfix wants 1.5 times the size of
# the largest message (message_size_limit), and queue_minfree.
require_room() {
  local folder='' largest='' least='' room=''
  folder=$(read_only)
  [ -z "$folder" ] ||
    fail 73 "root cannot write in $folder: is it immutable, or its file system read-only? $(unchanged)"
  {
    IFS= read -r largest
    IFS= read -r least
  } <<VALUES
$(postconf -c "$1/etc" -xh message_size_limit queue_minfree)
VALUES
  room=$(df -k --output=avail,itotal,iavail "$spool" 2>/dev/null | tail -n 1)
  # shellcheck disable=SC2086 # numbers
  set -- $room
  case $#,$1,$largest,$least in 3,*[!0-9,]*) return 0 ;; 3,*) ;; *) return 0 ;; esac
  largest=$((largest * 3 / 2))
  [ "$least" -lt "$largest" ] || largest=$least
  [ "$1" -gt "$((largest / 1024))" ] ||
    fail 78 "$spool has room for $(($1 / 1024)) MB, and Postfix takes no message where there are less than" \
      "$((largest / 1048576)) MB: 1.5 times the largest message (limits.messageSize), or queue_minfree. Free some" \
      "space, or set limits.messageSize lower. $(unchanged)"
  # A file system without a number of inodes has 0, or `-`.
  case $2,$3 in 0,* | *[!0-9,]*) return 0 ;; esac
  [ "$3" -ge 100 ] ||
    fail 78 "$spool has room for $3 files more, and each message takes up to three. Remove some. $(unchanged)"
}

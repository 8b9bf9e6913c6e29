# Room for the messages that a generation accepts.

# require_room GENERATION: refuses a queue that cannot be written, or has no room: Postfix wants 1.5 times the size of
# the largest message (message_size_limit), and queue_minfree.
require_room() {
  local folder='' largest='' least='' room_space='' room_needed='' room_files=''
  folder=$(read_only)
  [ -z "$folder" ] ||
    fail 73 "root cannot write in $folder: is it immutable, or its file system read-only?" "$(unchanged)"
  {
    IFS= read -r largest
    IFS= read -r least
  } <<VALUES
$(postconf -c "$1/etc" -xh message_size_limit queue_minfree)
VALUES
  case $largest,$least in ,* | *, | *[!0-9,]*) return ;; esac
  read_room "$largest" "$least"
  [ -z "$room_space" ] ||
    fail 78 "$spool has room for $room_space MB, and Postfix takes no message where there are less than \
$room_needed MB: 1.5 times the largest message (limits.messageSize), or queue_minfree." \
      'What to do: Free some space, or set limits.messageSize lower.' "$(unchanged)"
  [ -z "$room_files" ] ||
    fail 78 "$spool has room for $room_files files more, and each message takes up to three." \
      'What to do: Remove some.' "$(unchanged)"
}

# read_room LARGEST LEAST: looks whether the queue has room, for a message_size_limit and a queue_minfree in bytes.
# Sets: room_space room_needed (MB, if there is less than is needed) room_files (if there are too few; else empty)
read_room() {
  local needed="$(($1 * 3 / 2))"
  [ "$2" -lt "$needed" ] || needed=$2
  room_space='' room_needed='' room_files=''
  # shellcheck disable=SC2046 # numbers, below words
  set -- $(df -k --output=avail,itotal,iavail "$spool" 2>/dev/null)
  [ $# -lt 3 ] || shift "$(($# - 3))"
  case $#,$1 in 3,*[!0-9]*) return ;; 3,*) ;; *) return ;; esac
  if [ "$1" -le "$((needed / 1024))" ]; then room_space=$(($1 / 1024)) room_needed=$((needed / 1048576)); fi
  # A file system without a number of inodes has 0, or `-`.
  case $2,$3 in 0,* | *[!0-9,]*) return ;; esac
  [ "$3" -ge 100 ] || room_files=$3
}

# Puts a host without Postfix into a state of switch.sh, lets something happen to it, and prints what it is then:
# `sh switch.sh MODULES STATE EVENT [KILL]`. POSTRELAY_ROOT is its root file system. KILL: at which rename it is killed.
set -u
umask 077
LC_ALL=C
modules=$1 from=$2 event=$3 kill_at=${4-0}
verb=test
. "$modules"

# What Postfix, systemd and its packages would do.
running() { [ -f "$root/running" ]; }
not_running() { ! running; }
stop_postfix() { rm -f "$root/running"; }
take_over() {
  [ ! -f "$root/broken" ] || { rm "$root/broken" && failure='Postfix did not start' && return 78; }
  : >"$root/running"
}
unit_state() { echo enabled; }
postconf() { cat "$2/main.cf" 2>/dev/null | grep -v '^[#d]'; }
newaliases() { :; }
flush_queue() { :; }
durable() { :; }
durable_tree() { :; }
candidate_remove() { :; }
mta_unblock() { :; }
renames=0
mv() {
  renames=$((renames + 1))
  # This shell is one that the script has begun: both are killed.
  [ "$renames" != "$kill_at" ] || { read -r self rest </proc/self/stat && kill -9 $$ "$self"; }
  command mv "$@"
}

generation() {
  mkdir -p "$state/$1/sent" "$state/$1/etc"
  printf 'default_database_type = hash\nrelayhost = %s\n' "$1" >"$state/$1/etc/main.cf"
  printf '%s user:password-%s\n' "$1" "$1" >"$state/$1/etc/sasl_passwd"
  printf '%s user:password-%s\n' "$1" "$1" >"$state/$1/sent/sasl_passwd"
  : >"$state/$1/etc/master.cf"
  if [ "$1" = two ]; then echo map >"$state/$1/etc/sender_relay"; fi
}

happen() {
  case $1 in
  proven)
    keep_next "$state/$2" "$2"
    switch_to "$state/good.next" proven reload
    ;;
  'takeover fails')
    : >"$root/broken"
    happen proven "$2"
    ;;
  pause)
    mkdir -p "$inbox"
    echo 'rotation cutover' >"$inbox/.keys"
    mkdir -p "$state/staged"
    cp -r "$state/three/sent" "$state/staged/"
    pause_mail
    ;;
  rollback) rollback ;;
  restore) restore_original ;;
  recover) recover boot ;;
  esac
}

if [ "$from" != as-it-is ]; then
  mkdir -p "$state" "$etc" "$root/etc" "$spool" "$root/run"
  echo 'relayhost = original' >"$etc/main.cf"
  echo 'original' >"$etc/master.cf"
  : >"$aliases"
  : >"$aliases.db"
  : >"$root/running"
  for name in one two three; do generation "$name"; done
  [ "$from" = original ] || happen proven one
  case $from in
  paused) happen pause ;;
  rolled-back) happen proven two && happen rollback >/dev/null ;;
  esac
fi
renames=0
next=two
[ "$(live_mark)" != rolled-back ] || next=three
# A refusal ends the verb, so it has a shell of its own; a kill ends both.
(happen "$event" "$next") >/dev/null 2>&1
echo "$(live_mark) $(sed -n 's/^relayhost = //p' "$etc/main.cf") $(cut -d ' ' -f 1 "$etc/sasl_passwd" 2>/dev/null)" \
  "$(ls "$etc" | tr '\n' ' ')$(ls -A "$state" "$etc" "${tool%/*}" | grep -E '^(journal|committed|live.next|good.next)|[.]new$' | tr '\n' ' ')"

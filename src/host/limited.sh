# The begin of the tool. A verb that changes the host is a process of its own, with a limit of time. What waits for it
# ends here as a rule, without a look at the rest of this file: a shell needs some 10 ms to read it.
# shellcheck shell=sh
case ${POSTRELAY_LIMITED-}${1-} in
# deliver waits for the candidate, which has 900 seconds, and then as long as the test message may take (600) for the
# running Postfix.
install | restore | deliver) limit=1600 ;;
stage | start | seen | rollback | recover) limit=300 ;;
*) limit='' ;;
esac
ended=0
if [ -n "$limit" ]; then
  POSTRELAY_LIMITED=1 timeout -k 10 "$limit" sh "$0" "$@" || ended=$?
  # 124: the time is over; from 128: it was killed. The rest of this file knows what to do then.
  if [ "$ended" != 124 ] && [ "$ended" -lt 128 ]; then exit "$ended"; fi
fi

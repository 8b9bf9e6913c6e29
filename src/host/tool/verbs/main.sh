# What is called by name: usage, limits, the lock, and the verb.

# usage: what --help prints.
usage() {
  cat <<'USAGE'
postrelay: puts a Postfix relay configuration in place on this host, after a second Postfix beside the running one has
proven it by a test delivery.

  postrelay status      what is live, what is proven, what waits in the queue (read only)
  postrelay check       what no longer matches what was proven, and what waits in the queue (read only); exit code 0 in
                        sync, 1 drift, 2 unknown
                        These, probe, test and queue print lines for a person on a terminal; in a pipe, or with
                        --json, one JSON object
  postrelay check --format prometheus
                        the same as metrics for the textfile collector of node_exporter; with --to FILE into that file
  postrelay probe       whether the running Postfix sends, now, as any user would: a login at the relay host, and no
                        message; exit code 0 it has answered, 1 it has not, 2 unknown. With --to ADDRESS to another
                        address than that of the test delivery; with --textfile FILE as metrics into that file
  postrelay test        sends a message now, submitted by an unprivileged user, and follows it to the relay host's
                        answer; exit codes and --to as with probe. With --from ADDRESS from another sender; with
                        --notify a server that cannot deliver it later may report that to the sender
  postrelay queue       the messages that wait, the oldest 100 of them, and why each does
  postrelay credential  reads 64 hex digits on stdin, and prints SHA-256 over them, sasl_passwd and them again: who
                        knows the password can tell whether it is live here (read only)
  postrelay explain     reads a log line of Postfix on stdin and says what to do about it
  postrelay rollback    rolls back to the configuration that was proven before the live one
  postrelay recover     finishes or undoes an interrupted run (also run at boot)
  postrelay adapt       takes over what has changed on the host beside Postfix: the files that resolve names, bridges
                        (run by units, as are prestart, before Postfix starts, bridges, which waits for them, and renew,
                        which renews tokens that are due)

  install, stage main-cf, stage sasl-passwd, start, deliver, seen, restore STEP
                        the steps of `pulumi up` and `pulumi destroy`; their input comes on stdin. What follows, such
                        as --repair ID, only names the drift in a preview

Input: lines "#% KEY VALUE", and "#% file NAME" followed by that file's lines.
Output: one line of JSON on stdout, reasons on stderr. Neither ever holds a secret.
Exit codes: 0 done; 1 check found drift, or mail does not leave; 2 check, credential or probe: unknown; 64 wrong usage;
65 the staged files are not the wanted ones; 69 the host or the relay refuses; 73 cannot write; 75 busy, try again; 77
not root, or the host has another owner; 78 Postfix or the host refuses the configuration.
State, for root alone, in /var/lib/postfix-relay: owner, resource, live, staged/, good/ (the last proven configuration),
previous/ (the one before it), original/ (what was here before the first), kept/ (files that were changed by hand).
USAGE
}

# explain: the verb; a log line on stdin.
explain() { explain_line "$(cat)" | cut -d ' ' -f 2-; }

# at_exit: what no verb may leave behind, however it ends.
at_exit() {
  local failure=''
  if is_refusing_mail; then accept_mail || :; fi
  # What was not proven does not stay beside what is live, unless a candidate waits to be.
  case $verb in start | deliver)
    [ ! -d "$login" ] || [ -e "$candidate/digest" ] || token_keep "$state/good" "$state/previous" ;;
  esac
  remove_placeholder
  rm -rf "$inbox"
}

# end_limited VERB CODE SECONDS: ends with the exit code of a verb that was a process of its own; 75: its time was over.
end_limited() {
  [ "$2" != 124 ] || fail 75 "'$1' took longer than $3 seconds and was stopped." 'The next run ends what it began.'
  [ "$2" -lt 128 ] || rm -rf "$inbox" # it was killed, and may have left a password there
  exit "$2"
}

# run_adapt: it as such a process, where it has something to do.
run_adapt() {
  local code=0
  POSTRELAY_LIMITED=1 timeout -k 10 300 sh "$0" adapt || code=$?
  end_limited adapt "$code" 300
}

# run_locked VERB ARGUMENT...: runs it while nobody else changes this host. The lock outlives a cut connection: the next
# run waits for this one instead of working beside it. 75: the other one still works.
run_locked() {
  exec 9>>"$lock"
  flock -w 120 9 || fail 75 "another run still works on this host: $(line_of "$lock"), since \
$(date -u -r "$lock" +%H:%M:%S) UTC." 'What to do: Try again when it is done.' 'This run has changed nothing.'
  printf '%s\n' "'postrelay $1', process $$" >"$lock"
  trap at_exit EXIT
  trap 'exit 75' HUP INT TERM
  "$@"
}

# run_reading VERB ARGUMENT...: runs it without a lock, since it changes nothing. Ends with its exit code.
run_reading() {
  local code=0
  "$@" || code=$?
  [ "$code" != 64 ] || usage >&2
  exit "$code"
}

verb=${1-}
# shellcheck disable=SC2154 # they are set at the begin of the tool
[ "$ended" = 0 ] || end_limited "$verb" "$ended" "$limit"
case $verb in
'' | -h | --help | help) usage && exit ;;
explain) explain && exit ;;
install | stage | start | deliver | seen | rollback | recover | restore) ;;
adapt | prestart | bridges | renew | status | check | credential | probe | queue | test) ;;
*)
  printf 'postrelay: there is no command %s.\n\n' "$verb" >&2
  usage >&2
  exit 64
  ;;
esac
[ "$(id -u)" = 0 ] || fail 77 "run it as root: sudo postrelay $verb"
if [ "$verb" = adapt ] && [ -z "${POSTRELAY_LIMITED-}" ]; then is_adapted || run_adapt && exit; fi
case $verb in
prestart | bridges | renew) run_reading "$@" ;;
status | check | credential | probe | queue) remove_input && run_reading "$@" ;;
test) shift && run_reading send_test "$@" ;;
esac
run_locked "$@"

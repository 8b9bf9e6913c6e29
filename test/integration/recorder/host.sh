# A host that only records its commands: `sh host.sh FOLDER`, run by sshd for each command of a step.
# FOLDER/commands gets a line for each: verb, owner, and the kinds of resources in the URN. FOLDER/OWNER has the steps
# that are done and not undone. FOLDER/fail is a pattern of lines that fail, FOLDER/greeting is printed first,
# FOLDER/notes becomes part of the report; with FOLDER/silent there is no report. FOLDER/check is what a look is told,
# after FOLDER/delay seconds; without it nothing of ours is on the host. FOLDER/looks counts the looks,
# FOLDER/brought how often the tool was brought; with FOLDER/refusal that is not taken, and that file is the reason.
set -eu
cd "$1"
case $SSH_ORIGINAL_COMMAND in
  *' check '*)
    echo look >>looks
    [ ! -e delay ] || sleep "$(cat delay)"
    [ ! -e check ] || cat check
    exit
    ;;
  'sh -s bring'*)
    cat >/dev/null
    echo brought >>brought
    [ ! -e refusal ] || cat refusal
    [ ! -e refusal ]
    exit
    ;;
esac
input=$(sed "s/^input='//")
field() { printf '%s\n' "$input" | sed -n "s/^#% $1 //p"; }
verb=$(printf %s "$SSH_ORIGINAL_COMMAND" | sed 's/.*postrelay //; s/^sh -s //; s/stage //')
owner=$(field owner | head -n 1)
formerly=$(field formerly | paste -sd , -)
kinds=$(field resource | sed 's/^urn:pulumi:\(.*\)::\(.*\)::\(.*\)::.*/\3/; s/[^$]*:index://g' | head -n 1)
line="$verb $owner $kinds${formerly:+ after $formerly}"
printf '%s\n' "$line" >>commands
[ ! -e greeting ] || cat greeting
if [ -e fail ] && printf '%s\n' "$line" | grep -qf fail; then
  echo "postrelay: asked to fail" >&2
  exit 69
fi
mine=$(printf %s "$owner" | tr / _)
mkdir -p "$mine"
case $verb in
  restore*)
    # Of two that one owner had, the newer one counts.
    [ "$(cat "$mine.newest" 2>/dev/null)" = "$kinds" ] || exit 0
    if [ "$verb" = 'restore packages' ]; then rm -f "$mine"/*; else rm -f "$mine/${verb#restore }"; fi
    ;;
  *)
    echo "postrelay: $verb goes on" >&2
    printf %s "$kinds" >"$mine.newest"
    case $verb in install) name=packages ;; start) name=service ;; deliver) name=delivery ;; seen) name=inbox ;; *) name=$verb ;; esac
    : >"$mine/$name"
    [ ! -e silent ] || exit 0
    notes=
    if [ "$verb" = deliver ]; then notes=$(cat notes 2>/dev/null || :); fi
    printf '{"postrelay":"%s","postfixVersion":"3.7.11","status":"sent","relay":"r","dsn":"2.0.0","queueId":"Q","answer":"ok","seconds":1%s}\n' "$verb" "$notes"
    ;;
esac

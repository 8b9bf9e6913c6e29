# What comes on stdin: lines "#% KEY VALUE", then "#% file NAME" with that file's lines; and whose word counts here.

# Who manages the Relay that this is for: PROJECT/STACK/NAME.
input_owner=''

# receive: splits stdin into files in $inbox; lines "#% KEY VALUE" go to $inbox/.keys.
receive() {
  local newer=''
  remove_paths "$inbox"
  if ! mkdir -p "$inbox" || ! split_input; then fail 73 "cannot store the input in $inbox." "$(unchanged)"; fi
  input_owner=$(input_key owner)
  [ -n "$input_owner" ] ||
    fail 64 'no owner on stdin.' "What to do: This verb is called by pulumi; by hand use 'postrelay status'."
  newer=$(newer_format)
  [ -z "$newer" ] || fail 78 "$newer." 'What to do: Update the npm package.' "$(unchanged)"
}

# split_input: the same, without questions.
split_input() {
  awk -v dir="$inbox/" '
    /^#% file [a-z_][a-z_.]*$/ { if (out != "") close(out); out = dir $3; printf "" > out; next }
    /^#% / { out = ""; print substr($0, 4) > (dir ".keys"); next }
    out != "" { print > out }
    out == "" && NF { exit 1 }'
}

# remove_input: removes what a killed run has left of it, a password perhaps. One that works now has the lock, and one
# that begins waits for it.
remove_input() {
  [ -e "$inbox" ] || return 0
  { ! flock -n 9 || rm -rf "$inbox"; } 9>>"$lock"
}

# input_key NAME: prints the first value of that name.
input_key() {
  local line=''
  while IFS= read -r line; do
    case $line in "$1 "*) printf '%s\n' "${line#"$1 "}" && return ;; esac
  done <"$inbox/.keys"
} 2>/dev/null

# input_keys NAME: prints all values of that name, one on each line.
input_keys() { sed -n "s/^$1 //p" "$inbox/.keys" 2>/dev/null || :; }

# require_owner: refuses another owner's change: two stacks that take turns on one host would undo each other. Earlier
# names of the same owner (`formerly`) are taken over.
require_owner() {
  local before=''
  before=$(recorded owner)
  if [ -z "$before" ]; then
    [ "$verb" = install ] || fail 69 "this host was not set up by postfix-relay, or its $state is gone." \
      "What to do: Set it up again: pulumi up --replace '**-packages'." "$(unchanged)"
  elif [ "$before" != "$input_owner" ] && ! input_keys formerly | grep -qxF -e "$before"; then
    fail 77 "this host is already managed by $before, and $input_owner may not change it." \
      "What to do: If that is an earlier name of this Relay, declare it with the resource option 'aliases', or with \
formerly: [\"$before\"]. 'formerly' also takes a host over from another stack." "$(unchanged)"
  fi
}

# record_owner: who manages this host from now on; while nothing is live, the newest of the owner's resources too.
record_owner() {
  record owner "$input_owner"
  case $(live) in original) record_resource ;; esac
}

# record_resource: the resource of pulumi whose configuration is live, and whose delete counts.
record_resource() {
  local resource=''
  resource=$(input_key resource)
  [ -z "$resource" ] || record resource "$resource"
}

# may_restore: whether a delete is meant for what is on this host: not that of another owner, nor of a resource of the
# same owner whose configuration is not the one that is live. Sets: input_refusal
may_restore() {
  local before='' current=''
  before=$(recorded owner) current=$(recorded resource) input_refusal=''
  if [ -n "$before" ] && [ "$before" != "$input_owner" ]; then
    input_refusal="this host is managed by $before"
  elif [ -n "$current" ] && [ "$(input_key resource)" != "$current" ]; then
    input_refusal="another resource manages this host: $current"
  fi
  [ -z "$input_refusal" ]
}

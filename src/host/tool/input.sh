# What comes on stdin: lines "#% KEY VALUE", then "#% file NAME" with that file's lines; and whose word counts here.

# Splits stdin into files in $inbox; lines "#% KEY VALUE" go to $inbox/.keys. Sets: owner
receive() {
  gone "$inbox"
  if ! mkdir -p "$inbox" || ! split_input; then fail 73 "cannot store the input in $inbox. $(unchanged)"; fi
  owner=$(key owner)
  [ -n "$owner" ] || fail 64 "no owner on stdin. This verb is called by pulumi; by hand use 'postrelay status'."
  newer=$(newer_format)
  [ -z "$newer" ] || fail 78 "$newer. Update the npm package. $(unchanged)"
}

# split_input: the same, without questions.
split_input() {
  awk -v dir="$inbox/" '
    /^#% file [a-z_][a-z_.]*$/ { if (out != "") close(out); out = dir $3; printf "" > out; next }
    /^#% / { out = ""; print substr($0, 4) > (dir ".keys"); next }
    out != "" { print > out }
    out == "" && NF { exit 1 }'
}

# key NAME: the first value of that name.
key() {
  while IFS= read -r key_line; do
    case $key_line in "$1 "*) printf '%s\n' "${key_line#"$1 "}" && return ;; esac
  done <"$inbox/.keys"
} 2>/dev/null

# keys NAME: all values of that name, one on each line.
keys() { sed -n "s/^$1 //p" "$inbox/.keys" 2>/dev/null || :; }

# require_owner: refuses another owner's change: two stacks that take turns on one host would undo each other. Earlier
# names of the same owner (`formerly`) are taken over.
require_owner() {
  before=$(recorded owner)
  if [ -z "$before" ]; then
    [ "$verb" = install ] || fail 69 "this host was not set up by postfix-relay, or its $state is gone." \
      "Set it up anew: pulumi up --replace '**-packages'. $(unchanged)"
  elif [ "$before" != "$owner" ] && ! keys formerly | grep -qxF -e "$before"; then
    fail 77 "this host is already managed by $before, and $owner may not change it." \
      "If that is an earlier name of this Relay, say so: with the resource option 'aliases', or with" \
      "formerly: [\"$before\"]. The same takes the host over from another stack. $(unchanged)"
  fi
}

# record_owner: who manages this host from now on; while nothing is live, the newest of the owner's resources too.
record_owner() {
  record owner "$owner"
  case $(live) in original) record_resource ;; esac
}

# record_resource: the resource of pulumi whose configuration is live, and whose delete counts.
record_resource() {
  resource=$(key resource)
  [ -z "$resource" ] || record resource "$resource"
}

# may_restore: whether a delete is meant for what is on this host: not that of another owner, nor of a resource of the
# same owner whose configuration is not the one that is live. Sets: reason
may_restore() {
  before=$(recorded owner) current=$(recorded resource) reason=
  if [ -n "$before" ] && [ "$before" != "$owner" ]; then
    reason="this host is managed by $before"
  elif [ -n "$current" ] && [ "$(key resource)" != "$current" ]; then
    reason="another resource manages this host: $current"
  fi
  [ -z "$reason" ]
}

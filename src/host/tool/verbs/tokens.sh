# What the verbs do more where mail goes to relay hosts that take tokens.

# packages_for_tokens: with them comes the login proxy. A Dovecot that already takes mail by it is somebody's own, and
# stays as it is.
packages_for_tokens() {
  local theirs=''
  if apt_absent dovecot-submissiond; then
    apt_absent dovecot-core || theirs=theirs
    proxy_keep_closed $theirs || fail 73 "a Dovecot on this host cannot be kept from taking mail." "$(unchanged)"
  fi
  packages_install dovecot-submissiond curl
}

# require_tokens GENERATION: it logs in by tokens that are good now.
require_tokens() {
  local failure=''
  token_ready "$1" || fail 69 "$failure" "$(reason "$(advise "${failure#*: }")")" "$(unchanged)"
}

# forget_tokens: after a proof no login by tokens is kept but those of the last two proven; without any the proxy goes.
forget_tokens() {
  [ -d "$login" ] || return 0
  if has_tokens "$state/good" || has_tokens "$state/previous"; then token_keep "$state/good" "$state/previous"
  else proxy_remove; fi
}

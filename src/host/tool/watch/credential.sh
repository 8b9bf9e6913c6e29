# credential: the verb; tells who knows a password whether it is the one that is live here, and nobody anything else. It
# changes nothing, and takes no lock.

# credential: reads a nonce of 64 hex digits on stdin, and prints SHA-256 over it, sasl_passwd and it again. Who asks
# takes a new one each time, so that an answer says nothing later. 2: cannot tell, 64: wrong usage.
credential() {
  local nonce='' answer='' why=''
  [ $# = 0 ] || return 64
  nonce=$(head -c 65)
  case $nonce in *[!0-9a-f]*) return 64 ;; esac
  [ ${#nonce} = 64 ] || return 64
  why=$(credential_unknown)
  [ -n "$why" ] || answer=$(credential_answer "$nonce")
  json version# 1 owner! "$(recorded owner)" mark! "$(live_mark)" answer! "$answer" why "$why"
  [ -z "$why" ] || return 2
}

# credential_answer NONCE: prints it.
credential_answer() {
  local sum=''
  sum=$({ printf %s "$1" && credential_files && printf %s "$1"; } | sha256sum)
  printf '%s\n' "${sum%% *}"
}

# credential_files: prints all accounts that are live. Of those with tokens what pulumi has given counts, whatever the
# endpoint has replaced since, and not the passwords for the login proxy, which are the host's own.
credential_files() {
  local sent="$state/good/sent"
  if has_tokens "$state/good"; then cat "$sent/sasl_passwd" "$sent/sasl_tokens" "$sent/sasl_secrets"
  else cat "$etc/sasl_passwd"; fi
}

# credential_unknown: prints why an answer would not be true, if that is so. Postfix reads the index, so that has to be
# the one that was made from the file.
credential_unknown() {
  local why='' name=''
  if [ "$(live_mark)" = original ]; then
    echo 'no postfix-relay configuration is active'
    return
  fi
  why=$(check_unknown)
  if [ -n "$why" ]; then
    printf '%s\n' "$why"
    return
  fi
  { echo sasl_passwd && our_files; } | sort -u | while read -r name; do
    if ! is_secret "$name" || is_unedited "$name"; then continue; fi
    printf '%s\n' "$etc/$name is not the one that was proven; 'pulumi up' puts that back"
    break
  done
}

# renew: tokens are renewed at half of their life, and tried again each minute. Who is killed in between loses nothing
# that the endpoint has said: its answer is read by the next one.

# token_longest: prints how many bytes a token may have: the login proxy hands on no longer one. Tried: 11,400 with
# Dovecot 2.4.1 and before; with 2.4.5 a login with 8,600 fails.
token_longest() {
  local version=''
  version=$(dovecot --version 2>/dev/null)
  case ${version:-2.3} in 2.[0-3]* | 2.4.[01] | 2.4.[01][!0-9]*) echo 12000 ;; *) echo 7500 ;; esac
}

# token_due FOLDER: whether it is time for another token.
token_due() {
  local begun='' ends='' time=''
  read -r begun ends <"$1/times" || return 0
  time=$(date +%s)
  # A clock that was set back tells nothing.
  [ "$time" -lt "$begun" ] || [ "$((time - begun))" -ge "$(((ends - begun) / 2))" ]
} 2>/dev/null

# token_left FOLDER: prints for how many seconds its token is good still; 0: it has ended, or there is none.
token_left() {
  local begun='' ends='' left=0
  { read -r begun ends <"$1/times"; } 2>/dev/null && left=$((ends - $(date +%s)))
  if [ "${left:-0}" -gt 0 ]; then printf '%s\n' "$left"; else echo 0; fi
}

# token_renew FOLDER: gets a token, and notes why it could not. 69: it is refused, 73: it cannot be written, 75: not
# now. Sets: failure
token_renew() {
  local code=0 since='' rest=''
  # Of a run that was killed: its refresh token may be the only one that is good.
  if [ ! -s "$1/answer" ] || ! token_take "$1" 200; then token_fetch "$1" || code=$?; fi
  rm -f "$1/answer" "$1/curl"
  if [ "$code" = 0 ]; then
    rm -f "$1/error"
    return
  fi
  { read -r since rest <"$1/error"; } 2>/dev/null
  # Somebody may repeat what was sent.
  failure=$(printf '%s\n' "$failure" | redact)
  write_line "$1/error" "${since:-$(date +%s)} $failure" 2>/dev/null
  return "$code"
}

# token_fetch FOLDER: asks the endpoint, and keeps what it says. 69, 73 and 75: as with token_renew. Sets: failure
token_fetch() {
  local http='' file="$1/http"
  token_ask "$1" >"$file" || return 75
  http=$(line_of "$file")
  rm -f "$file"
  token_take "$1" "$http"
}

# token_take FOLDER CODE: keeps what the answer, which came with that HTTP code, has. 69: it is a refusal, 73: it cannot
# be written, 75: it has no token. Sets: failure
token_take() {
  local token='' life='' refresh='' seed='' time='' error='' longest=''
  if [ "$2" != 200 ]; then
    error=$(token_member error <"$1/answer")
    failure="the token endpoint refuses with HTTP $2${error:+: $error} $(token_member error_description <"$1/answer" |
      sed 's/ *Trace ID: .*//')"
    case $error in '' | temporarily_unavailable | server_error | slow_down) return 75 ;; *) return 69 ;; esac
  fi
  token=$(token_member access_token <"$1/answer") life=$(token_member expires_in <"$1/answer")
  failure='the token endpoint gave an answer without a token'
  case $token in '' | *[!A-Za-z0-9._~+/=-]*) return 75 ;; esac
  refresh=$(token_member refresh_token <"$1/answer") seed=$(token_seed "$1") life=${life%%.*}
  case $life in '' | *[!0-9]*) life=1800 ;; esac
  time=$(date -r "$1/answer" +%s)
  failure="cannot write in $login: is the disk full?"
  # This one first: with it the old one may be dead.
  if [ -n "$refresh" ] && [ -n "$seed" ]; then write_line "$seed" "login refresh-token:$refresh" || return 73; fi
  longest=$(token_longest)
  failure="the token endpoint gave a token of ${#token} bytes, and the login proxy takes up to $longest"
  [ "${#token}" -le "$longest" ] || return 69
  failure="cannot write in $login: is the disk full?"
  write_line "$1/token" "login access-token:$token" && write_line "$1/times" "$time $((time + life))" || return 73
}

# token_ready GENERATION: each of its logins has a row with a token that is good. A token that is good for ten minutes
# more will do, whatever the endpoint says now. 69 and 73: there is none, 75: nobody answers. Sets: failure
token_ready() {
  local code=0
  has_tokens "$1" || return 0
  failure="cannot write in $login: is the disk full?"
  mkdir -p "$login" || return 73
  (flock -w 60 8 && token_each "$1") 8>>"$login/lock" 2>"$login/failure" || code=$?
  failure=$(cat "$login/failure")
  rm -f "$login/failure"
  return "$code"
}

# token_each GENERATION: does that, with the lock. It says why not on stderr.
token_each() {
  local number='' token_folder='' failure='' code=0
  for number in $(token_numbers "$1"); do
    failure="cannot write in $login: is the disk full?"
    token_prepare "$1" "$number" || code=$?
    if [ "$code" = 0 ] && token_due "$token_folder" && ! token_renew "$token_folder"; then
      [ "$(token_left "$token_folder")" -ge 600 ] || code=69
    fi
    if [ "$code" != 0 ]; then
      printf '%s\n' "$(token_value "$token_folder" user): $failure" >&2
      return "$code"
    fi
  done
  token_rows
}

# renew: the verb, which a timer calls: renews what is due of what is live. 69 and 75: some could not be renewed.
renew() {
  if [ "$(live)" = original ] || ! has_tokens "$state/good"; then return; fi
  (flock -w 60 8 && token_renew_due) 8>>"$login/lock"
}

# token_renew_due: does that, with the lock. Mail that waited for a token is tried again.
token_renew_due() {
  local name='' folder='' failure='' code=0 renewed='' waited=''
  for name in $(token_names "$state/good"); do
    folder=$login/logins/$name
    token_due "$folder" || continue
    [ "$(token_left "$folder")" -gt 0 ] || waited=yes
    if token_renew "$folder"; then renewed=yes; else
      code=$?
      say "$(token_value "$folder" user): $failure"
    fi
  done
  if [ -n "$renewed" ]; then
    token_rows || code=73
    [ -z "$waited" ] || flush_queue
  fi
  return "$code"
}

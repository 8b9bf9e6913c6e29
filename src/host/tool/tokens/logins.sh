# logins: where mail goes to a relay host that takes tokens. A generation has them in sasl_tokens, lines "NUMBER NAME
# VALUE", and their secrets in sasl_secrets. Each login has a name, made from all of it: with another secret it is
# another one, beside the one that is live. Its folder, below $login, has what it needs to renew its token by itself.

# has_tokens GENERATION: whether mail of that goes to such a relay host.
has_tokens() { [ -f "$1/sent/sasl_tokens" ]; }

# token_numbers GENERATION: prints the numbers of its logins, one on each line.
token_numbers() { [ ! -f "$1/sent/sasl_tokens" ] || cut -d ' ' -f 1 "$1/sent/sasl_tokens" | uniq; }

# token_open GENERATION NUMBER: prints what is not secret of that login, lines "NAME VALUE".
token_open() { sed -n "s/^$2 //p" "$1/sent/sasl_tokens" | grep -v '^key '; }

# token_name GENERATION NUMBER: prints the name of that login. With a digest of the secret itself one could try others.
token_name() { label "$({ token_open "$1" "$2" && sed -n "s/^$2 //p" "$1/sent/sasl_secrets"; } | sha256sum)"; }

# token_names GENERATION: prints the names of all its logins, one on each line.
token_names() {
  local number=''
  for number in $(token_numbers "$1"); do token_name "$1" "$number"; done
}

# token_lines GENERATION: prints the lines of sasl_passwd with which Postfix logs in at the login proxy. The password is
# the host's own: nobody else needs it.
token_lines() {
  local number='' rest='' password=''
  password=$(line_of "$login/password")
  while read -r number rest; do
    case $rest in 'key '*) printf '%s %s:%s\n' "${rest#key }" "$(token_name "$1" "$number")" "$password" ;; esac
  done <"$1/sent/sasl_tokens"
}

# token_value FOLDER NAME: prints what is not secret of the login with that folder.
token_value() { sed -n "s/^$2 //p" "$1/settings"; }

# token_secret FOLDER NAME: prints a secret of it.
token_secret() { sed -n "s/^login $2://p" "$1/secrets"; }

# token_seed FOLDER: prints the path of the newest refresh token, if it has one. It is known by the one that was given
# first: that is taken only when it is another one, since the endpoint may have replaced it many times.
token_seed() {
  local given=''
  given=$(token_secret "$1" refresh-token)
  [ -z "$given" ] || token_seed_of "$given"
}

# token_seed_of GIVEN: prints the path of what has come from that refresh token.
token_seed_of() { printf '%s\n' "$login/seeds/$(label "$(printf '%s\n' "$1" | sha256sum)")"; }

# token_prepare GENERATION NUMBER: makes the folder of that login, if it is not there. 73: it cannot be written.
# Sets: token_folder
token_prepare() {
  local seed='' given=''
  token_folder=$login/logins/$(token_name "$1" "$2")
  mkdir -p "$token_folder" "$login/seeds" || return 73
  token_open "$1" "$2" >"$token_folder/settings" || return 73
  sed -n "s/^$2 /login /p" "$1/sent/sasl_secrets" >"$token_folder/secrets" || return 73
  token_secret "$token_folder" private-key | base64 -d >"$token_folder/key" || return 73
  seed=$(token_seed "$token_folder")
  if [ -n "$seed" ] && [ ! -s "$seed" ]; then
    given=$(token_secret "$token_folder" refresh-token)
    write_line "$seed" "login refresh-token:$given" || return 73
  fi
  durable_tree "$token_folder"
}

# token_rows: gives the login proxy a row for each login that has a token; it reads them at each login. It may read the
# file, and nobody else but root. 73: it cannot be written.
token_rows() {
  local folder='' new="$login/accounts.new" password='' tls='' same=''
  password=$(line_of "$login/password")
  : >"$new" && proxy_may_read "$new" 640 || return 73
  for folder in "$login"/logins/*; do
    [ -s "$folder/token" ] || continue
    tls=$(token_value "$folder" tls)
    printf '%s:{PLAIN}%s::::::proxy=y host=%s port=%s %s=yes proxy_mech=%s destuser=%s pass=%s proxy_timeout=30\n' \
      "${folder##*/}" "$password" "$(token_value "$folder" host)" "$(token_value "$folder" port)" "$tls" \
      "$(token_value "$folder" mechanism)" "$(token_value "$folder" user)" "$(token_access "$folder")" >>"$new" ||
      return 73
  done
  if cmp -s "$new" "$login/accounts"; then same=yes; fi
  token_make_newer "$new" && durable "$new" || return 73
  mv "$new" "$login/accounts" && durable "$login" || return 73
  [ -n "$same" ] || ! proxy_listens || wait_for 3 token_second_after "$(date +%s)"
}

# Where the login proxy listens, at several addresses.
proxy_port=10587

# proxy_listens: whether it does.
proxy_listens() { ss -Hltn "sport = :$proxy_port" 2>/dev/null | grep -q '127\.86\.1\.1:'; }

# token_second_after TIME: whether that second is over. In one second, Dovecot looks no more than once whether its list
# is another one.
token_second_after() { [ "$(date +%s)" -gt "$1" ]; }

# token_make_newer FILE: Dovecot reads its list of logins again when that has another size, or is of another second.
token_make_newer() {
  local older='' newer=''
  older=$(stat -c %Y "$login/accounts" 2>/dev/null) newer=$(stat -c %Y "$1")
  [ "$newer" -gt "${older:-0}" ] || touch -d "@$((older + 1))" "$1"
}

# proxy_may_read PATH MODE: its group is that of the login proxy. 73: that cannot be changed.
proxy_may_read() { chgrp dovecot "$1" && chmod "$2" "$1" || return 73; }

# token_access FOLDER: prints its token.
token_access() { sed -n 's/^login access-token://p' "$1/token" 2>/dev/null; }

# token_keep GENERATION...: the logins of these stay, and others go; so do refresh tokens, apart from those that the
# program gives now: the endpoint may have replaced one of these, and takes it no more.
token_keep() {
  local kept='' folder='' seeds='' given=''
  [ -d "$login/logins" ] || return 0
  for folder in "$@"; do kept="$kept$newline$(token_names "$folder")"; done
  for folder in "$login"/logins/*; do
    has_line "$kept" "${folder##*/}" || rm -rf "$folder"
  done
  seeds=$(for folder in "$state/staged" "$@"; do
    sed -n 's/^[0-9]* refresh-token://p' "$folder/sent/sasl_secrets" 2>/dev/null
  done | while read -r given; do token_seed_of "$given"; done)
  for folder in "$login"/seeds/*; do has_line "$seeds" "$folder" || rm -f "$folder"; done
  token_rows
}

# token_shown GENERATION SERVER: prints a server as the log has it; where that is the login proxy, with the name of the
# relay host that it is for.
token_shown() {
  local number="${2#127.86.1.}" host=''
  number=${number%%[!0-9]*}
  case $2 in 127.86.1.[1-9]*) host=$(token_open "$1" "$number" 2>/dev/null | sed -n 's/^host //p') ;; esac
  if [ -z "$host" ]; then printf '%s\n' "$2"
  else printf '%s[127.86.1.%s]:%s\n' "$host" "$number" "$(token_open "$1" "$number" | sed -n 's/^port //p')"; fi
}

# token_hint GENERATION: prints which relay host is behind which address, for who reads its log.
token_hint() {
  local number='' all=''
  for number in $(token_numbers "$1"); do
    all="$all${all:+, }127.86.1.$number is for $(token_open "$1" "$number" | sed -n 's/^host //p')"
  done
  [ -z "$all" ] || printf '%s\n' "The login proxy of this host: $all."
}

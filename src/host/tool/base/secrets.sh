# Where passwords lie on a host, and how they are kept out of what the tool prints.

# with_password_files COMMAND...: runs it with all files that may hold passwords behind its words, if there are any.
# This is the list: a place where the tool puts a password and that is missing here would be shown.
with_password_files() {
  local words="$#" file=''
  for file in "$state"/*/sent/sasl_passwd "$state"/parts/*/sasl_passwd "$state"/kept/*/sasl_passwd \
    "$state"/original/etc/sasl_passwd "$inbox/sasl_passwd" "$etc/sasl_passwd" "$state"/*/sent/sasl_secrets \
    "$state"/parts/*/sasl_secrets "$inbox/sasl_secrets" "$login"/seeds/* "$login"/logins/*/token; do
    [ ! -f "$file" ] || set -- "$@" "$file"
  done
  [ $# = "$words" ] || "$@"
}

# is_secret NAME: whether a file of that name, an index too, holds passwords, or is about them.
is_secret() { case $1 in sasl_*) ;; *) return 1 ;; esac }

# remove_secrets FOLDER...: removes them from there.
remove_secrets() {
  local folder=''
  for folder in "$@"; do rm -f "$folder"/sasl_*; done
}

# make_readable FOLDER: all may read its files, apart from those with passwords, and from copies of files that are the
# host's own and may be closed: they keep their mode.
make_readable() {
  local file=''
  for file in "$1"/*; do
    case ${file##*/} in master.cf | aliases | aliases.*) ;; *) is_secret "${file##*/}" || set -- "$@" "$file" ;; esac
  done
  shift
  [ $# = 0 ] || chmod 644 "$@"
}

# redact [fields]: takes every password out of stdin, the longest first; also as Postfix logs it, with `?` for what is
# no printable ASCII, and in base64, alone or as AUTH PLAIN sends it. Of fields, lines "KEY VALUE", the key stays, and
# the values of `KEY!`, `KEY!@` and `KEY#`, which are words of the tool's own or numbers. While a file with passwords
# cannot be read, nothing else is shown.
redact() {
  {
    if with_password_files cat; then printf '\n%s\n' "$marker"; else printf '\n%s unread\n' "$marker"; fi
    cat
  } | awk -v end="$marker" -v fields="${1-}" '
    # take(TEXT, LEAST): takes that out from now on, unless it is shorter.
    function take(text, least) {
      if (length(text) >= least && !(text in known)) { known[text]; secret[++n] = text }
    }
    # put(TEXT, AT): its bytes, from that place on.
    function put(text, at,   i) { for (i = 1; i <= length(text); i++) byte[at + i - 1] = code[substr(text, i, 1)] }
    # base64(COUNT): of so many bytes, without what fills it up.
    function base64(count,   at, bits, text) {
      byte[count + 1] = byte[count + 2] = 0
      for (at = 1; at <= count; at += 3) {
        bits = byte[at] * 65536 + byte[at + 1] * 256 + byte[at + 2]
        text = text substr(digits, int(bits / 262144) + 1, 1) substr(digits, int(bits / 4096) % 64 + 1, 1) \
          substr(digits, int(bits / 64) % 64 + 1, 1) substr(digits, bits % 64 + 1, 1)
      }
      return substr(text, 1, int((count * 4 + 2) / 3))
    }
    # take_base64(USER, PASSWORD): in AUTH PLAIN with and without the user before; alone; and within anything else,
    # where at its ends characters are also of what stands beside it.
    function take_base64(user, text,   i, length_user) {
      if (!digits) {
        digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i
      }
      length_user = length(user)
      put(user, 1); byte[length_user + 1] = 0
      put(user, length_user + 2); byte[2 * length_user + 2] = 0
      put(text, 2 * length_user + 3)
      take(base64(2 * length_user + 2 + length(text)), 4)
      byte[1] = 0; put(user, 2); byte[length_user + 2] = 0
      put(text, length_user + 3)
      take(base64(length_user + 2 + length(text)), 4)
      put(text, 1)
      take(base64(length(text)), 4)
      byte[1] = byte[2] = 0
      for (i = 0; i < 3; i++) {
        put(text, i + 1)
        take(substr(base64(i + length(text)), i ? i + 2 : 1, int((i + length(text)) * 4 / 3) - (i ? i + 1 : 0)), 6)
      }
    }
    !reading && ($0 == end || $0 == end " unread") {
      reading = 1
      unread = $0 != end
      for (i = 2; i <= n; i++)
        for (j = i; j > 1 && length(secret[j]) > length(secret[j - 1]); j--) {
          longer = secret[j]; secret[j] = secret[j - 1]; secret[j - 1] = longer
        }
      next
    }
    !reading {
      if (!match($0, /^[^ \t]+[ \t]+[^:]*:/)) next
      user = substr($0, 1, RLENGTH - 1)
      sub(/^[^ \t]+[ \t]+/, "", user)
      $0 = substr($0, RLENGTH + 1)
      if (length($0) < 4 || (user, $0) in seen) next
      seen[user, $0]
      take($0, 4)
      take_base64(user, $0)
      if (gsub(/[^ -~]/, "?")) take($0, 4)
      next
    }
    {
      key = ""
      if (fields) {
        key = $1 " "
        if (key ~ /(!@?|#) $/) { print; next }
        $0 = substr($0, length(key) + 1)
      }
      if (unread && $0 != "") $0 = "[withheld: a file with passwords cannot be read]"
      for (i = 1; i <= n; i++) {
        done = ""
        while (at = index($0, secret[i])) {
          done = done substr($0, 1, at - 1) "[secret]"
          $0 = substr($0, at + length(secret[i]))
        }
        $0 = done $0
        if (done != "") gsub(/\[secret\]=+/, "[secret]")
      }
      print key $0
    }'
}

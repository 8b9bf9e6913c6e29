# Where passwords lie on a host, and how they are kept out of what the tool prints.

# with_password_files COMMAND...: runs it with all files that may hold passwords behind its words, if there are any.
# This is the list: a place where the tool puts a password and that is missing here would be shown.
with_password_files() {
  local words="$#" file=''
  for file in "$state"/*/sent/sasl_passwd "$state"/parts/*/sasl_passwd "$state"/kept/*/sasl_passwd \
    "$state"/original/etc/sasl_passwd "$inbox/sasl_passwd" "$etc/sasl_passwd"; do
    [ ! -f "$file" ] || set -- "$@" "$file"
  done
  [ $# = "$words" ] || "$@"
}

# is_secret NAME: whether a file of that name, an index too, holds passwords.
is_secret() { case $1 in sasl_passwd*) ;; *) return 1 ;; esac }

# remove_secrets FOLDER...: removes them from there.
remove_secrets() {
  local folder=''
  for folder in "$@"; do rm -f "$folder"/sasl_passwd*; done
}

# make_readable FOLDER: all may read its files, those with passwords apart.
make_readable() {
  local file=''
  for file in "$1"/*; do is_secret "${file##*/}" || set -- "$@" "$file"; done
  shift
  [ $# = 0 ] || chmod 644 "$@"
}

# redact [fields]: takes every password out of stdin, the longest first, also as Postfix logs it: `?` for what is no
# printable ASCII. Of fields, lines "KEY VALUE", the key stays, and the values of `KEY!`, `KEY!@` and `KEY#`, which
# are words of the tool's own or numbers. While a file with passwords cannot be read, nothing else is shown.
redact() {
  {
    if with_password_files cat; then printf '\n%s\n' "$marker"; else printf '\n%s unread\n' "$marker"; fi
    cat
  } | awk -v end="$marker" -v fields="${1-}" '
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
      if (!sub(/^[^ \t]+[ \t]+[^:]*:/, "") || length($0) < 4) next
      secret[++n] = $0
      if (gsub(/[^ -~]/, "?")) secret[++n] = $0
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
      }
      print key $0
    }'
}

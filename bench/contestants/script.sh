# Makes mail leave this host through a relay, and follows a test message: what one would write by hand, as well as one
# can. Before this text: main_cf, ca, sasl_passwd, sender, recipient.
# shellcheck shell=sh disable=SC2154
set -eu
umask 077
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
etc=/etc/postfix

# put FILE PLACE MODE: Postfix reads a main.cf at once when it is older than two seconds.
put() { chmod "$3" "$1" && touch -d '-10 seconds' "$1" && mv -f "$1" "$2"; }

get() {
  apt-get -qq -y -o DPkg::Options::=--force-confold -o DPkg::Use-Pty=false --no-install-recommends \
    install postfix libsasl2-modules ca-certificates </dev/null >/tmp/apt.log 2>&1
}

if ! command -v postconf >/dev/null; then
  # The scripts of the package call postconf, which waits four times for a main.cf that is not there.
  mkdir -p "$etc" && chmod 755 "$etc"
  printf '%s\n' 'compatibility_level = 2' 'inet_interfaces = loopback-only' >"$etc/main.cf.new"
  put "$etc/main.cf.new" "$etc/main.cf" 644
  echo 'postfix postfix/main_mailer_type select No configuration' >/tmp/preset
  ! command -v debconf-set-selections >/dev/null || debconf-set-selections /tmp/preset
  get || { apt-get -qq update >/dev/null && get; } || { tail -n 5 /tmp/apt.log >&2 && exit 1; }
  [ -f "$etc/master.cf" ] || cp /usr/share/postfix/master.cf.dist "$etc/master.cf"
  chmod 644 "$etc/master.cf"
  [ -f /etc/aliases ] || { : >/etc/aliases && chmod 644 /etc/aliases; }
fi

new=$(mktemp -d "$etc/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT
printf '%s\n' "$main_cf" >"$new/main.cf"
printf '%s\n' "$ca" >"$new/ca.pem"
printf '%s\n' "$sasl_passwd" >"$new/sasl_passwd"
same=yes
for name in main.cf ca.pem sasl_passwd; do cmp -s "$new/$name" "$etc/$name" || same=no; done
if [ "$same" = yes ]; then
  echo unchanged
  exit
fi

touch -d '-10 seconds' "$new/main.cf"
cp "$etc/master.cf" "$new/"
wrong=$(postconf -c "$new" -n 2>&1 >/dev/null)
[ -z "$wrong" ] || { echo "$wrong" >&2 && exit 1; }
postmap -c "$new" "$new/sasl_passwd"
rm "$new/master.cf"
for file in "$new"/sasl_passwd*; do put "$file" "$etc/${file##*/}" 600; done
put "$new/ca.pem" "$etc/ca.pem" 644
put "$new/main.cf" "$etc/main.cf" 644
newaliases
pid=$(tr -d ' ' </var/spool/postfix/pid/master.pid 2>/dev/null || :)
if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then systemctl reload postfix; else systemctl restart postfix; fi
systemctl -q is-enabled postfix || systemctl -q enable postfix

# The name of the message leads to its number in the queue, and that to what became of it.
token=bench.$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
since=$(date '+%Y-%m-%d %H:%M:%S')
printf '%s\n' "From: <$sender>" "To: <$recipient>" 'Subject: Test delivery' "Message-ID: <$token@$(uname -n)>" '' \
  'Mail leaves through its relay.' | sendmail -i -f "$sender" -- "$recipient"
tries=600 number='' line=''
until [ -n "$line" ]; do
  log=$(journalctl -q -o cat --since="$since" SYSLOG_FACILITY=2)
  [ -n "$number" ] || number=$(echo "$log" | sed -n "s/^\([0-9A-Za-z]*\): message-id=<$token@.*/\1/p")
  [ -z "$number" ] || line=$(echo "$log" | grep "^$number: to=<.* status=" || :)
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo 'no answer of the relay' >&2 && exit 1; }
  [ -n "$line" ] || sleep 0.05
done
echo "$line"
case $line in *' status=sent '*) ;; *) exit 1 ;; esac

# What was on the host before us: taken before the first of our files goes live, restored at destroy, or file by file
# when a generation no longer needs a name.

# Files that were kept aside since the tool was called, in words, one on each line; and the folder for those edited by
# hand.
switch_kept='' switch_aside=''

# has_original: whether the host had a Postfix configuration of its own.
has_original() { in_folder "$state/original/etc" main.cf; }

# take_original: takes it, as it is now; a link also as what it leads to. 73: it cannot be written.
take_original() {
  local taken="$state/original.new" name='' file=''
  rm -rf "$taken" "$state/original.old"
  mkdir -p "$taken/linked" && cp -a "$etc" "$taken/etc" || return 73
  rm -rf "$taken/etc/.postfix-relay"
  if is_placeholder; then rm -f "$taken/etc/main.cf"; fi
  if is_left_over; then
    for name in main.cf $(grep -o '[$]default_database_type:/etc/postfix/[a-z_]*' "$etc/main.cf" | sed 's|.*/||'); do
      rm -f "$taken/etc/$name" "$taken/etc/$name".*db
    done
  fi
  for file in "$taken/etc"/*; do
    if [ -L "$file" ] && [ -f "$etc/${file##*/}" ]; then cp -L "$etc/${file##*/}" "$taken/linked/" || return 73; fi
  done
  unit_state >"$taken/unit"
  if running; then echo running; else echo stopped; fi >"$taken/master"
  [ ! -d "$state/original" ] || mv "$state/original" "$state/original.old" || return 73
  mv "$taken" "$state/original" && durable_tree "$state/original" || return 73
  durable "$state" && rm -rf "$state/original.old"
}

# keep_foreign NAME: a file of somebody else's under a name that becomes ours from now on: it is restored when we go.
# 73: it cannot be kept.
keep_foreign() {
  cp -a "$etc/$1" "$state/original/etc/$1.new" || return 73
  mv "$state/original/etc/$1.new" "$state/original/etc/$1" && durable "$state/original/etc" || return 73
  switch_kept="$switch_kept/etc/postfix/$1 was not ours: that file is kept on the host as $state/original/etc/$1, and \
is restored when its name is no longer needed$newline"
}

# original_file NAME FOLDER: puts that file, as it was, into FOLDER. 1: there was none, 73: it cannot be written. A link
# that leads nowhere any more is restored as the file it led to.
original_file() {
  in_folder "$state/original/etc" "$1" || return 1
  cp -a "$state/original/etc/$1" "$2/$1" || return 73
  if [ -L "$2/$1" ] && [ -f "$state/original/linked/$1" ] && ! leads_somewhere "$(readlink "$2/$1")"; then
    rm -f "$2/$1"
    cp -p "$state/original/linked/$1" "$2/$1" || return 73
  fi
}
leads_somewhere() { case $1 in /*) [ -e "$root$1" ] ;; *) [ -e "$etc/$1" ] ;; esac }

# keep_aside NAME: keeps a file that is not as we left it, for root only, the last three times. 73: it cannot be kept.
keep_aside() {
  local old=''
  switch_aside=${switch_aside:-$state/kept/$(date -u +%Y%m%dT%H%M%SZ)}
  mkdir -p "$switch_aside" && cp -p "$etc/$1" "$switch_aside/$1" || return 73
  chmod 600 "$switch_aside/$1" && durable "$switch_aside/$1" "$switch_aside" || return 73
  switch_kept="$switch_kept/etc/postfix/$1 was changed by hand: that file is kept on the host as \
$switch_aside/$1$newline"
  ls "$state/kept" | sort | head -n -3 | while read -r old; do rm -rf "$state/kept/$old"; done
}

# is_left_over: whether main.cf is one of ours, though the state folder does not know of it any more.
is_left_over() { grep -q '^# Managed by postfix-relay' "$etc/main.cf" 2>/dev/null; }

# is_hand_made: whether a configuration of the host's own is live: not ours, nor the one with which mail waits.
is_hand_made() {
  if [ "$(live)" != original ] || is_placeholder || is_left_over; then return 1; fi
  [ -e "$etc/main.cf" ]
}

# what_ends: prints what ends when ours takes over a Postfix that does more than pass on mail, one thing on each line.
what_ends() {
  local name='' hosted=''
  is_hand_made || return 0
  for name in mydestination virtual_alias_domains virtual_mailbox_domains relay_domains; do
    hosted=$(hosted_domains "$name")
    [ -z "$hosted" ] || printf '%s\n' "mail for $hosted is received here ($name)"
  done
  postconf -n virtual_alias_maps virtual_mailbox_maps home_mailbox mailbox_command mailbox_transport virtual_transport \
    local_transport transport_maps sender_dependent_default_transport_maps content_filter smtpd_milters \
    non_smtpd_milters smtpd_proxy_filter header_checks body_checks recipient_canonical_maps always_bcc 2>/dev/null |
    grep -vE '= *$|^mailbox_command = procmail|^virtual_transport = virtual$|^local_transport = local'
  # One with an address of its own keeps listening there.
  loopback_only || postconf -M 2>/dev/null |
    awk '$2 == "inet" && $1 !~ /^(smtp|25)$|:/ { print "the service " $1 " of master.cf (" $8 ")" }'
}

# hosted_domains NAME: prints the domains in a parameter of main.cf that are no names of the host itself, on one line.
hosted_domains() {
  [ -n "$(postconf -nH "$1" 2>/dev/null)" ] || return 0
  {
    live_value myhostname
    live_value mydomain
    uname -n
    cat "$root/etc/mailname" 2>/dev/null
    printf 'localhost\nlocaldomain\n'
  } | sed 'p; s/^/localhost./' >"$inbox/.names"
  live_value "$1" | tr -s ', \t' '\n' | grep -vxF -f "$inbox/.names" | grep . | tr '\n' ' ' | sed 's/ $//'
}

# listens_outside: whether other machines can hand in mail. The package's own configuration allows it, so it ends with
# a word and not with a refusal.
listens_outside() {
  if ! is_hand_made || loopback_only; then return 1; fi
  postconf -M smtp/inet 2>/dev/null | grep -q .
}

# loopback_only: whether Postfix listens at the loopback interface alone.
loopback_only() {
  case $(live_value inet_interfaces) in loopback-only | localhost | 127.0.0.1 | '127.0.0.1, ::1') ;; *) return 1 ;; esac
}

# build_aliases GENERATION|original: builds the index of the host's aliases if it is not the one that they give.
# 73: /etc/aliases cannot be written, 78: newaliases refuses it. Sets: failure
build_aliases() {
  local built=''
  [ "$1" != original ] || return 0
  if ! in_folder "${aliases%/*}" aliases; then
    failure="cannot write $aliases"
    : >"$aliases" && chmod 644 "$aliases" || return 73
    record made-aliases "$(sha256sum <"$aliases")"
  fi
  [ -n "$(aliases_index_fault "$1")" ] || return 0
  built=$(aliases_built "$1")
  [ -z "$(aliases_refusal "$1")" ] || rm -f "$built"
  failure=$(newaliases 2>&1) || {
    failure="newaliases refuses /etc/aliases: $(printf '%s\n' "$failure" | head -n 1)"
    return 78
  }
}

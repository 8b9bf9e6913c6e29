# What ends when ours takes over a Postfix that somebody has configured by hand: all that its main.cf says and that is
# neither in the one to come nor known to be harmless; listeners; messages in another queue. The names of what is
# harmless are in harmless.txt; the function `harmless` prints them.

# what_ends GENERATION: prints what ends, one thing on each line, when it takes over a Postfix that does more than pass
# on mail; and then first what only changes.
what_ends() {
  local ends=''
  is_hand_made || return 0
  ends=$(
    ended_domains
    ended_clients "$1"
    ended_parameters "$1" | sed -n 's/^stop //p'
    ended_services
    ended_queues
  )
  [ -z "$ends" ] || printf '%s\n' "$(what_changes "$1")" "$ends" | sed '/^$/d'
}

# what_changes GENERATION: prints what is another afterwards, and stops nothing: the package's own configuration has
# some of it, and the arguments decide on the rest.
what_changes() {
  is_hand_made || return 0
  ! listens_outside || printf '%s\n' 'port 25 takes no mail from other machines any more'
  ended_parameters "$1" | sed -n 's/^tell //p'
}

# ended_domains: prints the parameters by which mail for more than the host itself is received.
ended_domains() {
  local name='' hosted=''
  for name in mydestination virtual_alias_domains virtual_mailbox_domains relay_domains; do
    hosted=$(hosted_domains "$name")
    [ -z "$hosted" ] || printf '%s\n' "mail for $hosted is received here ($name)"
  done
}

# hosted_domains NAME: prints the domains in a parameter of main.cf that are no names of the host itself, on one line.
hosted_domains() {
  [ -n "$(postconf -nH "$1" 2>/dev/null)" ] || return 0
  {
    live_value myhostname | sed 'p; s/[.].*//'
    live_value mydomain
    uname -n
    cat "$root/etc/mailname" 2>/dev/null
    printf 'localhost\nlocaldomain\n'
  } | sed 'p; s/^/localhost./' >"$inbox/.names"
  words_of "$1" | grep -vxF -f "$inbox/.names" | tr '\n' ' ' | sed 's/ $//'
}

# ended_clients GENERATION: prints whose mail is passed on now, and not by it: other machines that reach this host.
ended_clients() {
  local clients='' style=''
  is_reached || return 0
  if [ -n "$(postconf -nH mynetworks 2>/dev/null)" ]; then
    clients=$(words_of mynetworks | grep -vE '^\[?(127\.|::1|::ffff:127\.)' |
      grep -vxF -e "$(parameter_of "$1" mynetworks | tr -s ', ' '\n')" | tr '\n' ' ' | sed 's/ $//')
    [ -z "$clients" ] || printf '%s\n' "mail from $clients is passed on here (mynetworks)"
  else
    style=$(postconf -nh mynetworks_style 2>/dev/null)
    case $style in subnet | class) printf '%s\n' "mynetworks_style = $style" ;; esac
  fi
}

# ended_parameters GENERATION: prints "stop NAME = VALUE" for each parameter of the live main.cf that would end, and
# "tell …" for those that would be another one and lose nothing. A value that may hold a password is left out.
ended_parameters() {
  {
    harmless | tr ' ' '\n' | sed 's/^/harmless /'
    postconf -d | sed 's/^/default /'
    postconf -P | sed 's/^/service /'
    postconf -c "$1/etc" -n | sed 's/^/ours /'
    words_of alias_maps | sed 's/^/aliases /'
    postconf -n | sed 's/^/is /'
  } 2>/dev/null | awk '
    function seconds(s,   unit) {
      unit = s; gsub(/[0-9 ]/, "", unit)
      return s * (unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "w" ? 604800 : 86400)
    }
    { kind = $1; name = $2; value = $0; sub(/^[^=]*= ?/, "", value) }
    kind == "harmless" { harmless[name]; if (name ~ /^_/) ends[name]; next }
    kind == "default" { known[name] = value; next }
    kind == "ours" { ours[name] = value; next }
    kind == "service" { services = services " " value " "; next }
    kind == "aliases" { if (name !~ /^[a-z]+:\/etc\/aliases$|^nis:/) foreign = 1; next }
    value == "" || name in known && value == known[name] || name in ours && value == ours[name] { next }
    name in harmless || name ~ /^my(destination|networks|networks_style)$|^(inet_interfaces|queue_directory)$/ { next }
    name ~ /^(relay_domains|virtual_(alias|mailbox)_domains|multi_instance_directories)$/ { next }
    { for (end in ends) if (substr(name, length(name) - length(end) + 1) == end) next }
    # A name that Postfix does not know works only through the parameters that it stands in.
    !(name in known) && services !~ "[$][({]?" name "[^A-Za-z0-9_]" { next }
    name == "alias_maps" && !foreign { next }
    # Without a table or a service they let in the programs of this host, as ours does.
    name ~ /^smtpd_.*_restrictions$/ && value !~ /:|check_/ { next }
    # Off, as in a configuration that sends nothing or delivers nothing here; or what Postfix does anyway.
    name ~ /^(default|relay|local)_transport$/ && value ~ /^(error|smtp:?$|relay:?$|local)/ { next }
    name == "virtual_transport" && value ~ /^(error|virtual$)/ { next }
    name == "mailbox_command" && value ~ /^procmail/ { next } # as the package writes it where it finds procmail
    name ~ /^(message|header)_size_limit$/ {
      limit = name in ours ? ours[name] : known[name]
      if (limit && (!value || value + 0 > limit + 0)) print "tell " name " = " value " becomes " limit
      next
    }
    name ~ /^(maximal|bounce)_queue_lifetime$/ {
      limit = name in ours ? ours[name] : known[name]
      if (seconds(value) > seconds(limit)) print "tell " name " = " value " becomes " limit
      next
    }
    !(name in known) || name ~ /passw|secret/ || value ~ /(static|inline):/ { value = "(not shown)" }
    { print "stop " name " = " value }'
}

# ended_services: prints the services of master.cf that other machines reach and that listen for this host alone
# afterwards; one with an address of its own keeps it. All others stay, since master.cf does.
ended_services() {
  loopback_only || postconf -M 2>/dev/null |
    awk '$2 == "inet" && $1 !~ /^(smtp|25)$|:/ { print "the service " $1 " of master.cf (" $8 ")" }'
}

# ended_queues: prints queues that Postfix does not look into with ours, and how many messages wait there.
ended_queues() {
  local folder=''
  folder=$(queue_folder)
  [ "$folder" = "$spool" ] || printf '%s\n' "the queue in $folder, where $(queue_length "$folder") messages wait \
(queue_directory)"
  for folder in $(words_of multi_instance_directories); do
    printf '%s\n' "the instance of Postfix in $folder, in whose queue $(instance_length "$folder") messages wait \
(multi_instance_directories)"
  done
}

# instance_length FOLDER: prints how many messages are in the queue of the instance with that configuration.
instance_length() { queue_length "$(postconf -c "$1" -xh queue_directory 2>/dev/null)"; }

# stranded: prints what no one would deliver any more: messages of other instances, in words.
stranded() {
  local folder='' count=''
  is_hand_made || return 0
  for folder in $(words_of multi_instance_directories); do
    count=$(instance_length "$folder")
    [ "$count" = 0 ] || printf '%s\n' "$count messages wait in the queue of the instance of Postfix in $folder"
  done
}

# leave_queue: where the configuration of before has a queue that ours does not look into, it is delivered, and nothing
# more is accepted for it. 69: messages remain, 73 or 78: mail cannot be refused. Sets: failure
leave_queue() {
  local queue=''
  is_hand_made || return 0
  queue=$(queue_folder)
  [ "$queue" != "$spool" ] || return 0
  drain_queue && return
  failure="$failure (queue_directory = $queue). Postfix accepts mail as before."
  return 69
}

# is_reached: whether other machines reach an SMTP server of the live Postfix, or containers do.
is_reached() {
  postconf -M 2>/dev/null | awk -v loopback="$(loopback_only && echo yes)" '
    $2 == "inet" && $1 !~ /^(127\.|\[::1\]|localhost:)/ && ($1 ~ /:/ || !loopback) { found = 1 }
    END { exit !found }'
}

# listens_outside: whether other machines can hand in mail.
listens_outside() {
  if ! is_hand_made || loopback_only; then return 1; fi
  postconf -M smtp/inet 2>/dev/null | grep -q .
}

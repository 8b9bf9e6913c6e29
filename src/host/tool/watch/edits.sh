# edits: what somebody has written into main.cf and master.cf, beside what was proven. A value that may hold a password
# is left out, and so is one of a parameter that Postfix does not know: it may be anybody's.

# The awk functions for a value as it may be shown. known[] has the names that Postfix knows.
edits_shown='
  function shown(name, value) {
    if (!(name in known) || value ~ /(static|inline):|[{]/) return "(not shown)"
    if (name ~ /passw|secret|auth|key/ && value !~ /^(yes|no)$/) return "(not shown)"
    if (value == "") return "empty"
    return length(value) > 160 ? substr(value, 1, 160) "..." : value
  }
  # differing(NAME, IS, PROVEN): both of them in words.
  function differing(name, is, proven) {
    is = shown(name, is)
    proven = shown(name, proven)
    return is == proven ? name " has another value " is : name " is " is ", proven is " proven
  }'

# edited_parameters: prints ": NAME is VALUE, proven is VALUE" for each parameter of which main.cf says otherwise than
# the one that was proven, a line each, or why Postfix cannot read it. An empty line: no parameter is another.
edited_parameters() {
  local refusal=''
  refusal=$(postconf -n 2>&1 >/dev/null | sed -n 's/^postconf: fatal: //p' | sed 's/: ".*//; 1q')
  if [ -n "$refusal" ]; then
    printf ': Postfix cannot read it (%s)\n' "${refusal#"$etc/main.cf, "}"
    return
  fi
  {
    postconf -dH | sed 's/^/known /'
    postconf -c "$state/good/etc" -n | sed 's/^/was /'
    postconf -n | sed 's/^/is /'
  } 2>/dev/null | awk "$edits_shown"'
    function tell(text) { if (++count <= 20) print ": " text }
    $1 == "known" { known[$2] }
    $1 == "known" || $2 == "config_directory" { next }
    { name = $2; value = $0; sub(/^[^=]*= ?/, "", value) }
    $1 == "was" { was[name] = value; had = 1; next }
    { seen[name]; has = 1 }
    !(name in was) { tell(name " is " shown(name, value) ", proven is the default"); next }
    was[name] != value { tell(differing(name, value, was[name])) }
    END {
      if (had && !has) { print ": nothing of what was proven is in it"; exit }
      for (name in was) if (!(name in seen) && name in known) tell(name " is gone, proven is " shown(name, was[name]))
      # postconf leaves out a name that Postfix does not know where nothing has it any more.
      if (!count) for (name in was) if (!(name in seen)) tell(name " is gone, proven is " shown(name, was[name]))
      if (count > 20) print ": " count - 20 " other parameters have other values too"
      if (!count) print ""
    }'
}

# edited_service SERVICE: prints ": it is …, proven is …" for one of master.cf, without the values of its options.
edited_service() {
  local is='' proven=''
  is=$(service_line "$etc" "$1") proven=$(service_line "$state/good/etc" "$1")
  [ -z "$is" ] || [ "$is" = "$proven" ] || printf ': it is %s, proven is %s\n' "$is" "$proven"
}

# service_line FOLDER SERVICE: prints it on one line.
service_line() {
  postconf -c "$1" -M "$2" 2>/dev/null | tr -s ' \n\t' ' ' | sed 's/ -o .*/ -o (not shown)/; s/ $//'
}

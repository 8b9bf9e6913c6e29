# routes: by which ways mail leaves, and whether a switch changes them.

# routes_differ GENERATION|original: whether mail would leave by other routes, or with other keys, than now. Those of a
# configuration that is not ours may be any.
routes_differ() {
  if [ "$1" = original ] || [ "$(live)" = original ]; then return 0; fi
  [ "$(routes "$etc")" != "$(routes "$1/etc")" ] || [ "$(main_route "$etc")" != "$(main_route "$1/etc")" ]
}

# routes FOLDER: prints what decides on the further routes, and the keys of the passwords.
routes() {
  local map=''
  cut -d ' ' -f 1 "$1/sasl_passwd"
  for map in "$1/sender_relay" "$1/sender_transport"; do [ ! -f "$map" ] || cat "$map"; done
}

# main_route FOLDER: prints what decides on the main one.
main_route() { postconf -c "$1" -xh relayhost smtp_fallback_relay default_transport smtp_tls_wrappermode; }

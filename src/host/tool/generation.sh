# A generation is a folder: sent/ as it came, etc/ as it goes to /etc/postfix. Its name is a digest of what came.

# digest GENERATION: SHA-256 over the sent files; generation.ts computes the same.
digest() {
  generation_sum=$(cd "$1/sent" 2>/dev/null && sha256sum -- * 2>/dev/null | sha256sum)
  echo "${generation_sum%% *}"
}

# label DIGEST: what may be shown of it. With the digest itself, even a part of it, one could try passwords.
label() { [ -z "$1" ] || printf '%.12s\n' "$({ recorded salt && echo "$1"; } | sha256sum)"; }
live_label() { case $(live) in original) echo original ;; *) echo "$(label "$(live_digest)") $(live_mark)" ;; esac; }

# host_names DOMAIN: names by which programs call this host and that no other mail system can own; never the domain.
host_names() {
  for name in "$(line_of /proc/sys/kernel/hostname)" "$(timeout 2 hostname -f 2>/dev/null)" localhost.localdomain; do
    case $name in "$1" | '' | *[!A-Za-z0-9._-]*) continue ;; esac
    # A name of two labels may be a domain whose mailboxes are elsewhere.
    case $name in *.*.* | *.localdomain | *.local | *.lan | *.internal) ;; *.*) continue ;; esac
    echo "$name"
  done | sort -u | {
    read -r names
    while read -r name; do names="$names, $name"; done
    echo "$names"
  }
}

# host_lines GENERATION: the lines of main.cf that depend on the host. compatibility_level silences history warnings;
# the map type differs by release (Postfix 3.11 in Debian prefers cdb).
host_lines() {
  version=$(postconf -dh mail_version)
  if version_at_least 3.11 "$version"; then level=3.11 types='cdb lmdb hash'
  elif version_at_least 3.6 "$version"; then level=3.6 types='hash lmdb cdb'
  else level=2 types='hash lmdb cdb'; fi
  known=$(postconf -m)
  for type in $types; do ! has_line "$known" "$type" || break; done
  printf '# These depend on the host; postrelay fills them in.\n'
  printf 'compatibility_level = %s\ndefault_database_type = %s\n' "$level" "$type"
  text=$(cat "$1/sent/main.cf")
  domain=${text#*"${newline}mydomain = "}
  domain=${domain%%"$newline"*}
  case $text in *"\$relay_host_names"*) printf 'relay_host_names = %s\n' "$(host_names "$domain")" ;; esac
}

# files_of GENERATION: the names that it puts in /etc/postfix. master.cf is among them only when it is edited.
files_of() {
  for file in "$1"/etc/*; do
    if [ "${file##*/}" != master.cf ] || [ -f "$1/sent/master_edits" ]; then echo "${file##*/}"; fi
  done
}

# maps_of GENERATION: the names of its maps that need an index.
maps_of() {
  text=$(grep -v '^#' "$1/sent/main.cf")
  for file in "$1"/sent/*; do
    case "$text " in *"\$default_database_type:/etc/postfix/${file##*/}"[!a-z_.]*) echo "${file##*/}" ;; esac
  done
}

# said GENERATION NAME: what its main.cf says of that parameter, as it is written there; ours has one line for each.
said() {
  while IFS= read -r said_line; do
    case $said_line in "$2 = "*) printf '%s\n' "${said_line#"$2 = "}" && return ;; esac
  done <"$1/etc/main.cf"
}

# type_of GENERATION: the type of its maps.
type_of() { said "$1" default_database_type; }

# render GENERATION: makes etc/ from sent/: main.cf with the host's lines, an index for each map it names, master.cf.
render() {
  rm -rf "$1/etc" "$1/rendered" "$1/mended"
  mkdir "$1/etc" && cp "$(base_master)" "$1/etc/master.cf" || return 73
  lines=$(host_lines "$1")
  { printf '%s\n' "$lines" && cat "$1/sent/main.cf"; } >"$1/etc/main.cf" || return 73
  look_old "$1/etc/main.cf" || return 73
  link_sent "$1" || return 73
  mend_master "$1"
  maps=$(maps_of "$1")
  [ -n "$maps" ] || require_readable "$1" # else the first index tells
  for map in $maps; do index "$1" "$map"; done
  if [ -f "$1/sent/master_edits" ]; then edit_master "$1"; fi
  rendered_from "$1" "$lines" >"$1/rendered" || return 73
}

# link_sent GENERATION: what goes to /etc/postfix as it came.
link_sent() {
  for file in "$1"/sent/*; do
    case ${file##*/} in main.cf | master_edits) ;; *) set -- "$@" "$file" ;; esac
  done
  links=$1/etc
  shift
  [ $# = 0 ] || ln "$@" "$links/"
}

# require_readable GENERATION: refuses a main.cf whose lines and numbers no program of Postfix can read.
require_readable() {
  wrong=$(postmap -c "$1/etc" -q x static:x 2>&1 >/dev/null) ||
    fail 78 "Postfix refuses the configuration: $(echo "$wrong" | tail -n 1 | public_paths "$1/etc"). $(unchanged)"
}

# index GENERATION MAP: builds the index of one map.
index() {
  case $2 in *aliases) builder=postalias ;; *) builder=postmap ;; esac
  if ! wrong=$($builder -c "$1/etc" "$(type_of "$1"):$1/etc/$2" 2>&1) || [ -n "$wrong" ]; then
    refused=$wrong
    require_readable "$1"
    fail 78 "$builder refuses $2: $(echo "$refused" | head -n 1 | public_paths "$1/etc"). $(unchanged)"
  fi
}

# rendered_from GENERATION [LINES]: what etc/ was made from beside sent/, with the host's lines if they are known;
# another text means that it has to be rendered again.
rendered_from() { { printf '%s\n' "${2-$(host_lines "$1")}" && cat "$(base_master)"; } | sha256sum; }

# Shows a path of a generation as the one it will have.
public_paths() { sed "s|$1|/etc/postfix|g"; }

# left_as_is NAME: whether that file of ours in /etc/postfix is what good/ says, but for what was added for a while.
left_as_is() {
  case $1 in
  main.cf) sed "/^$marker/,\$d" "$etc/main.cf" 2>/dev/null | cmp -s - "$state/good/etc/main.cf" ;;
  *) cmp -s "$etc/$1" "$state/good/etc/$1" ;;
  esac
}

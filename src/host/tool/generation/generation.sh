# A generation is a folder: sent/ as it came, etc/ as it goes to /etc/postfix. Its name is a digest of what came.

# digest GENERATION: prints SHA-256 over the sent files; generation.ts computes the same.
digest() {
  local sum=''
  sum=$(cd "$1/sent" 2>/dev/null && sha256sum -- * 2>/dev/null | sha256sum)
  printf '%s\n' "${sum%% *}"
}

# host_names DOMAIN: prints names by which programs call this host and that no other mail system can own; never the
# domain.
host_names() {
  local name='' names=''
  for name in "$(line_of /proc/sys/kernel/hostname)" "$(timeout 2 hostname -f 2>/dev/null)" localhost.localdomain; do
    case $name in "$1" | '' | *[!A-Za-z0-9._-]*) continue ;; esac
    # A name of two labels may be a domain whose mailboxes are elsewhere.
    case $name in *.*.* | *.localdomain | *.local | *.lan | *.internal) ;; *.*) continue ;; esac
    printf '%s\n' "$name"
  done | sort -u | {
    read -r names
    while read -r name; do names="$names, $name"; done
    printf '%s\n' "$names"
  }
}

# host_lines GENERATION: prints the lines of main.cf that depend on the host. compatibility_level silences history
# warnings; the map type differs by release (Postfix 3.11 in Debian prefers cdb). Postfix is asked with the main.cf of
# the generation, whatever the live one says.
host_lines() {
  local version='' level=2 types='hash lmdb cdb' type='' built='' text='' domain=''
  version=$(mail_version)
  if version_at_least 3.11 "$version"; then level=3.11 types='cdb lmdb hash'
  elif version_at_least 3.6 "$version"; then level=3.6; fi
  built=$(postconf -c "$1/etc" -m 2>/dev/null)
  for type in $types; do ! has_line "$built" "$type" || break; done
  printf '# These depend on the host; postrelay fills them in.\n'
  printf 'compatibility_level = %s\ndefault_database_type = %s\n' "$level" "$type"
  text=$(cat "$1/sent/main.cf")
  domain=${text#*"${newline}mydomain = "}
  domain=${domain%%"$newline"*}
  case $text in *"\$relay_host_names"*) printf 'relay_host_names = %s\n' "$(host_names "$domain")" ;; esac
}

# files_of GENERATION: prints the names that it puts in /etc/postfix. master.cf is among them only when it is edited.
files_of() {
  local file=''
  for file in "$1"/etc/*; do
    if [ "${file##*/}" != master.cf ] || [ -f "$1/sent/master_edits" ]; then printf '%s\n' "${file##*/}"; fi
  done
}

# maps_of GENERATION: prints the names of its maps that need an index.
maps_of() {
  local text='' file=''
  text=$(grep -v '^#' "$1/sent/main.cf")
  for file in "$1"/sent/*; do
    case "$text " in
    *"\$default_database_type:/etc/postfix/${file##*/}"[!a-z_.]*) printf '%s\n' "${file##*/}" ;;
    esac
  done
}

# parameter_of GENERATION NAME: prints that parameter as its main.cf has it; ours has one line for each.
parameter_of() {
  local line=''
  while IFS= read -r line; do
    case $line in "$2 = "*) printf '%s\n' "${line#"$2 = "}" && return ;; esac
  done <"$1/etc/main.cf"
}

# map_type GENERATION: prints the type of its maps.
map_type() { parameter_of "$1" default_database_type; }

# read_services GENERATION: Sets: generation_services (those of its master.cf, as postconf -M prints them)
read_services() { generation_services=$(postconf -c "$1/etc" -M); }

# render GENERATION: makes etc/ from sent/: main.cf with the host's lines, an index for each map it names, master.cf.
# Nothing of the live main.cf is needed, and of master.cf only what Postfix can read. What it was made from is in
# rendered.new: who has checked it takes that for `rendered`. 73: it cannot be written.
render() {
  local failure='' lines='' maps='' map=''
  rm -rf "$1/etc" "$1/rendered" "$1/rendered.new" "$1/mended"
  mkdir "$1/etc" && cp "$(base_master)" "$1/etc/master.cf" || return 73
  # Without a name postconf asks the host for one, which may be no name at all.
  echo 'myhostname = localhost' >"$1/etc/main.cf" && make_older "$1/etc/main.cf" || return 73
  mend_master "$1" || fail 78 "$(reason "$failure")" "$(unchanged)"
  lines=$(host_lines "$1")
  { printf '%s\n' "$lines" && cat "$1/sent/main.cf"; } >"$1/etc/main.cf" || return 73
  make_older "$1/etc/main.cf" || return 73
  link_sent "$1" && add_tokens "$1" || return 73
  maps=$(maps_of "$1")
  [ -n "$maps" ] || require_readable "$1" # else the first index tells
  for map in $maps; do index "$1" "$map"; done
  if [ -f "$1/sent/master_edits" ]; then edit_master "$1" || fail 78 "$failure" "$(unchanged)"; fi
  chmod --reference="$(base_master)" "$1/etc/master.cf" || return 73
  rendered_from "$1" "$lines" >"$1/rendered.new" || return 73
}

# link_sent GENERATION: what goes to /etc/postfix as it came.
link_sent() {
  local folder="$1/etc" file=''
  for file in "$1"/sent/*; do
    case ${file##*/} in main.cf | master_edits | sasl_tokens | sasl_secrets) ;; *) set -- "$@" "$file" ;; esac
  done
  shift
  [ $# = 0 ] || ln "$@" "$folder/"
}

# add_tokens GENERATION: where it logs in by tokens, the passwords for the login proxy stand behind the others.
add_tokens() {
  has_tokens "$1" || return 0
  rm -f "$1/etc/sasl_passwd" # it is a link to what came
  { cat "$1/sent/sasl_passwd" && token_lines "$1"; } >"$1/etc/sasl_passwd"
}

# require_readable GENERATION: refuses a main.cf whose lines and numbers no program of Postfix can read.
require_readable() {
  local refusal=''
  refusal=$(postmap -c "$1/etc" -q x static:x 2>&1 >/dev/null) || fail 78 "Postfix refuses the configuration: \
$(printf '%s\n' "$refusal" | tail -n 1 | public_paths "$1/etc")." "$(unchanged)"
}

# index GENERATION MAP: builds the index of one map.
index() {
  local program=postmap refusal=''
  case $2 in *aliases) program=postalias ;; esac
  if ! refusal=$($program -c "$1/etc" "$(map_type "$1"):$1/etc/$2" 2>&1) || [ -n "$refusal" ]; then
    require_readable "$1"
    fail 78 "$program refuses $2: $(printf '%s\n' "$refusal" | head -n 1 | public_paths "$1/etc")." "$(unchanged)"
  fi
}

# rendered_from GENERATION [LINES]: prints what etc/ was made from beside sent/, with the host's lines if they are
# known; another text means that it has to be rendered again.
rendered_from() {
  local base=''
  base=$(base_master)
  {
    printf '%s\n' "${2-$(host_lines "$1")}" "$base" && cat "$base"
    ! has_tokens "$1" || token_lines "$1"
  } | sha256sum
}

# is_rendered_like GENERATION GENERATION: whether both, which came alike, say the same on this host.
is_rendered_like() {
  cmp -s "$1/etc/main.cf" "$2/etc/main.cf" || return
  ! has_tokens "$1" || cmp -s "$1/etc/sasl_passwd" "$2/etc/sasl_passwd"
}

# public_paths FOLDER: shows a path in it, which stdin has, as the one it will have.
public_paths() { sed "s|$1|/etc/postfix|g"; }

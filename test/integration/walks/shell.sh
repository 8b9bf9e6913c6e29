# What stands in for the reader of a page, and for what this machine cannot reach. $PACKAGE is the packed package,
# $TEMPLATES has the templates, $ANSWERS what is answered to their questions, $KNOWN and $KEY the options of ssh; $STATE
# is a folder for the state, which would be in the home folder.
set -euo pipefail

pulumi() {
  case "$1 ${2-}" in
  'new https://'*) new "${2##*/}" "$4" ;;
  'login --local') command pulumi login "file://$STATE" ;;
  'up ') command pulumi up --yes --non-interactive --color never ;;
  'config set') case " $* " in
    *' --secret '*) printf %s "$PASSWORD" | command pulumi "$@" ;;
    *) command pulumi "$@" ;;
    esac ;;
  *) command pulumi "$@" ;;
  esac
}

# new TEMPLATE FOLDER: with no terminal `pulumi new` asks nothing. With $GENERATE_ONLY the lab makes the SDK later.
new() {
  local told pair
  mapfile -t told < "$ANSWERS"
  if [ -n "${GENERATE_ONLY-}" ]; then
    command pulumi new "$TEMPLATES/$1" --dir "$2" --yes --generate-only
    (cd "$2" && command pulumi stack init prod)
    for pair in "${told[@]}"; do (cd "$2" && command pulumi config set "${pair%%=*}" "${pair#*=}"); done
  else
    command pulumi new "$TEMPLATES/$1" --dir "$2" --yes --stack prod "${told[@]/#/--config=}"
  fi
  ! grep -q '^    password:' "$TEMPLATES/$1/Pulumi.yaml" ||
    (cd "$2" && printf %s "$PASSWORD" | command pulumi config set --secret password)
}

npm() {
  case "$*" in
  'install postfix-relay') command npm install "$PACKAGE" --silent --no-audit --no-fund --prefer-offline ;;
  *) command npm "$@" ;;
  esac
}

ssh() { command ssh -F none -i "$KEY" -o "UserKnownHostsFile=$KNOWN" -o StrictHostKeyChecking=yes "$@"; }

# The editor puts in what the README shows.
EDITOR=edit
edit() { cp "$PROGRAM" "$1"; }

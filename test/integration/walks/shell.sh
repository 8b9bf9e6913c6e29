# What stands in for the reader of the README, and for what this machine cannot reach. $PACKAGE is the packed package,
# $TEMPLATE the template that `pulumi new typescript` would download, $KNOWN and $KEY the options of ssh; $STATE is a
# folder for the state, which would be in the home folder.
set -euo pipefail

pulumi() {
  case "$1 ${2-}" in
  'new typescript')
    cp -r "$TEMPLATE/." .
    command npm install --silent --no-audit --no-fund --prefer-offline
    command pulumi stack init "${5:?}"
    ;;
  'login --local') command pulumi login "file://$STATE" ;;
  'up ') command pulumi up --yes --non-interactive --color never ;;
  'config set') case " $* " in
    *' --secret '*) printf %s "$PASSWORD" | command pulumi "$@" ;;
    *) command pulumi "$@" ;;
    esac ;;
  *) command pulumi "$@" ;;
  esac
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

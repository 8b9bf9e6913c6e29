#!/bin/sh
# Keeps a message (stdin) with its envelope. Arguments: queue id, sender, SASL user, SASL method, client, recipients.
set -eu
file=$1.$$
{
  printf 'id %s\nsender %s\nsasl-user %s\nsasl-method %s\nclient %s\n' "$1" "$2" "$3" "$4" "$5"
  shift 5
  printf 'recipient %s\n' "$@"
  echo
  cat
} > "/var/spool/lab/part/$file"
mv "/var/spool/lab/part/$file" "/var/spool/lab/$file"

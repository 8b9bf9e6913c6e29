# Where things are on a host. Every path starts with $root: empty on a host, a folder of its own in tests.
root=${POSTRELAY_ROOT-}
tool=$root/usr/local/sbin/postrelay
spare=$root/usr/local/lib/postfix-relay/postrelay # a copy of it, which undoes all where the tool is gone
state=$root/var/lib/postfix-relay
etc=$root/etc/postfix
swap=$etc/.postfix-relay # on the same file system as what is renamed from it
beside=$etc/.postfix-relay.new # a file of /etc/postfix, before it takes its place
spool=$root/var/spool/postfix
aliases=$root/etc/aliases
inbox=$root/run/postrelay # in memory: what comes on stdin
lock=$root/run/postrelay.lock
fingerprint_file=$root/run/postrelay.checked # in memory: what the last check found in order
units=$root/etc/systemd/system
boot_unit=postfix-relay-boot.service
adapt_unit=postfix-relay-adapt # a path and a service: what changes on the host reaches Postfix
metrics_unit=postfix-relay-metrics
probe_unit=postfix-relay-probe
login=$state/login # what the login proxy has, for relay hosts that take tokens
login_unit=postfix-relay-login.service
token_unit=postfix-relay-token # a timer and a service
candidate=$state/candidate
candidate_unit=postfix-relay-candidate
candidate_seconds=900 # after which a candidate that nobody has asked for ends by itself
format=1 # of the state folder
# What a file of ours ends with while a state lasts that is not meant to stay: mail is paused, or refused.
marker='# --- Added by postfix-relay for a while ---'
newline='
'
# Why the last function that returned another code than 0 has failed, in words for an operator.
failure=''

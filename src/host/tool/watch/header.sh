# watch - the look at a host: what is no longer as it was proven, what waits, and when mail last left
#
# SYNOPSIS
#   check, credential, status, probe           the verbs that only read
#   drift_files                                what is no longer as it was proven in /etc/postfix
#   read_probe_words, probe_mark               what a message was called with, and the log from here on
#   shown_relay                                who has answered it
#   probe_impossible                           why a message would tell nothing
#   read_queue                                 how much waits, since when, and why
#   drift_aliases                              the same of the host's aliases
#   install_monitoring, remove_monitoring      timers for Prometheus
#
# FILES
#   rw /run/postrelay.checked                what each file was when a check found nothing
#   rw /var/lib/postfix-relay/textfile       the folder that node_exporter reads, if the host writes metrics
#   rw /var/lib/postfix-relay/probe-every    how many seconds are between two probes, if the host makes them
#   rw /etc/systemd/system                   the timers postfix-relay-metrics and postfix-relay-probe
#   r  /run/postrelay.lock
#   r  /etc/postfix, /etc/aliases, /usr/local/sbin/postrelay
#   r  /var/spool/postfix                    whether anything waits
#   r  /var/lib/postfix-relay/good           what was proven
#   r  /var/lib/postfix-relay/login          until when tokens are good, and why one was not renewed
#   r  /var/lib/postfix-relay/staged         whether it is there
#   r  /var/lib/postfix-relay/live           when it was written
#   r  /var/lib/postfix-relay/journal        whether a switch is under way
#   r  /var/lib/postfix-relay/committed      the same
#   r  /var/lib/postfix-relay/owner
#   r  /var/lib/postfix-relay/proven
#   r  /var/lib/postfix-relay/seen           what was found in the mailbox of the test message
#   r  /var/lib/postfix-relay/probe          whom a probe is for, and the relay host that has to answer
#   r  /var/lib/postfix-relay/tool           checksum of this tool
#
# SETS
#   check_drift, check_sync, check_told, check_why, drift_enabled, drift_postfix, facts_label, facts_log_file,
#   facts_log_name, facts_user, facts_version, failure, monitoring_owner, probe_answered, probe_file, probe_from,
#   probe_nexthop, probe_notify, probe_print, probe_to, probe_why, queue_active, queue_deferred, queue_hold,
#   queue_oldest, queue_reason, relayed_answer, relayed_at, relayed_keeper, relayed_kept, relayed_lost,
#   relayed_lost_why
#
# DIAGNOSTICS
#   1   check: drift; probe: mail does not leave
#   2   check, credential, probe: cannot tell
#   64  check, credential, status, probe: wrong usage
#   73  the timer or the metrics cannot be written
#
# BUGS
#   Files of the host's own that mainCf names are not compared.

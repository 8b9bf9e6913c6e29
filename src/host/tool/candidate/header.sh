# candidate - a second Postfix beside the running one, and what its log proves
#
# SYNOPSIS
#   candidate_start, candidate_runs, candidate_patience, candidate_remove   the second Postfix
#   prove, probe_routes                                                     a message, and a probe of each further route
#   explain_line                                                            what to do about a line of the log
#
# FILES
#   rw /var/lib/postfix-relay/candidate      its configuration, queue and log; gone when it ends
#   rw /run/postrelay                        lists of routes and probes
#   r  /etc/aliases
#   r  /var/spool/postfix                    what its chroot and its queue are made from
#
# SETS
#   delivery_answer, delivery_clue, delivery_dsn, delivery_id, delivery_line, delivery_recipient, delivery_relay,
#   delivery_seconds, delivery_status, failure, proof_reason, proof_unproven, proof_verdict, route_reason, route_verdict
#
# DIAGNOSTICS
#   73  its folder cannot be written
#   78  Postfix does not start with the generation
#
# BUGS
#   The candidate listens nowhere, so settings that only smtpd reads are not tried.
#   Root hands in the test message and the probes, so what keeps other users from handing one in is not noticed.

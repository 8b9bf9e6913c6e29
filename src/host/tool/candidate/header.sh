# candidate - a second Postfix beside the running one, and whether either of them sends
#
# SYNOPSIS
#   candidate_start, candidate_runs, candidate_patience, candidate_remove   the second Postfix
#   candidate_faults                                                        what it has mended in its own queue
#   prove, probe_routes                                                     a message, and a probe of each further route
#   explain_line, advise                                                    what to do about a line of the log
#   sends_mark, sends_probe, sends_why_refused                              a probe through the running Postfix
#   as_any_user, follow, is_final, judge, why_silent                        a message through it, and what becomes of it
#   message_token, test_lines                                               the text of such a message
#
# FILES
#   rw /var/lib/postfix-relay/candidate      its configuration, queue and log; gone when it ends
#   rw /run/postrelay                        lists of routes and probes
#   r  /etc/aliases
#   r  /etc/postfix                          whether only some users may hand in mail
#   r  /var/spool/postfix                    what its chroot and its queue are made from
#
# SETS
#   delivery_answer, delivery_clue, delivery_dsn, delivery_id, delivery_line, delivery_recipient, delivery_relay,
#   delivery_seconds, delivery_status, failure, proof_reason, proof_token, proof_unproven, proof_verdict, route_reason,
#   route_verdict, sends_log, sends_older, sends_reason, sends_verdict
#
# DIAGNOSTICS
#   73  its folder cannot be written
#   78  Postfix does not start with the generation
#
# BUGS
#   The candidate listens nowhere, so settings that only smtpd reads are not tried.
#   A map in smtp_discard_ehlo_keyword_address_maps that names the relay host counts before what the candidate sets, so
#   a relay host that knows DSN then reports no test message that is refused behind it.
#   Root hands in the test message; what keeps other users from handing one in, the probe of the running Postfix shows.

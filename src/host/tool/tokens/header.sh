# tokens - relay hosts that take tokens: the logins, their tokens, and the login proxy that Postfix uses
#
# SYNOPSIS
#   has_tokens, token_names, token_value, token_lines      the logins of a generation
#   token_ready, token_keep, token_left                    their tokens
#   renew                                                  the verb, which a timer calls
#   token_shown, token_hint                                who is behind the proxy
#   proxy_keep_closed, proxy_reopen                        what its package may not do
#   proxy_install, proxy_remove                            its units
#   proxy_fault, proxy_stopped, proxy_reason               what is wrong with it
#
# FILES
#   rw /var/lib/postfix-relay/login          what the proxy reads, and for each login a folder with its token
#   rw /var/lib/postfix-relay/closed         whether that package is kept from opening a port
#   rw /var/lib/postfix-relay/masked         whether the units of Dovecot are
#   rw /etc/systemd/system                   the units postfix-relay-login and postfix-relay-token
#   r  /usr/local/sbin/postrelay             what a unit calls
#   r  /var/lib/postfix-relay/good           which logins are live
#   r  /var/lib/postfix-relay/staged         which refresh tokens the program gives now
#   r  /var/spool/postfix                    whom the timer tells that mail may be tried again
#
# SETS
#   failure, token_folder
#
# DIAGNOSTICS
#   69  the endpoint refuses
#   73  a file cannot be written, or the proxy does not start
#   75  the endpoint does not answer
#
# BUGS
#   The proxy says the same of two logins that fail at the same time: the advice may be that for the other one.

# verbs - what is called by name
#
# SYNOPSIS
#   install, stage, start, deliver, seen  the steps of pulumi, in their order
#   restore                             undoes one of them
#   rollback, explain, queue            by hand
#   adapt, prestart, bridges            by units of ours
#
# FILES
#   rw /usr/local/sbin/postrelay             this tool
#   rw /usr/local/lib/postfix-relay          a copy of it, with which `pulumi destroy` undoes all where the tool is gone
#   rw /run/postrelay.lock                   who changes this host now
#   rw /run/postrelay                        removed when the verb ends
#   rw /run/postrelay.checked                removed at the end
#   rw /etc/systemd/system                   the unit postfix-relay-boot, which runs `postrelay recover` at boot
#   rw /etc/postfix                          the placeholder, and what goes at the end
#   rw /etc/aliases                          removed at the end if we have made it
#   rw /var/lib/postfix-relay/candidate      ended with the step that needs it
#   rw /var/lib/postfix-relay/staged         the generation to come
#   rw /var/lib/postfix-relay/parts          the last three that were staged; of passwords the last two proven
#   rw /var/lib/postfix-relay/again          a generation that is assembled from them
#   rw /var/lib/postfix-relay/good           the generation that was proven last
#   rw /var/lib/postfix-relay/seen           what was found in the mailbox of the test message, and of which
#   rw /var/lib/postfix-relay/probe          whom a probe of the running Postfix is for, and the relay host
#   rw /var/lib/postfix-relay/proven         when it was proven, with which Postfix, and the relay host's answer
#   rw /var/lib/postfix-relay/placeholder.cf the main.cf with which mail waits for a first configuration
#   rw /var/lib/postfix-relay/format         version of this folder
#   rw /var/lib/postfix-relay/salt           random, made once
#   rw /var/lib/postfix-relay/tool           checksum of this tool
#   rw /var/lib/postfix-relay/indexes        indexes of the aliases that were here before us
#   rw /var/lib/postfix-relay/made-aliases   checksum of the /etc/aliases that we have made
#   rw /var/lib/postfix-relay/kept           stays at the end, without passwords
#   r  /var/spool/postfix                    for its chroot
#   r  /var/lib/postfix-relay/packages       whether this is the first time
#   r  /var/lib/postfix-relay/previous       for a rollback
#   r  /var/lib/postfix-relay/login          whether there are logins by tokens
#   r  /var/lib/postfix-relay/original       whether Postfix ran, and started at boot
#   r  /var/lib/postfix-relay/accepting.cf   whether mail is refused
#   r  /var/lib/postfix-relay/owner          whether there is anything to restore
#
# SETS
#   apply_ends, apply_unclear, apply_wanted, failure, install_made, message_outcome, message_why, message_word,
#   restore_kept, restore_stays, stage_part, system_kinds, system_name
#
# DIAGNOSTICS
#   0   done; check: in sync
#   1   check: drift; probe: mail does not leave; recover: another mail system still refuses mail
#   2   check, credential, probe: unknown
#   64  EX_USAGE        wrong usage
#   65  EX_DATAERR      the staged files are not the wanted ones: another run has staged something else
#   69  EX_UNAVAILABLE  the relay host, apt, a queue or the inbox is not as it has to be; the reason says what to repair
#   73  EX_CANTCREAT    a file cannot be written: the disk is full or read-only
#   75  EX_TEMPFAIL     another run or apt is busy, or the time of the verb is over: try again
#   77  EX_NOPERM       not root, or the host has another owner
#   78  EX_CONFIG       Postfix or the host refuses the configuration
#
# BUGS
#   A verb waits two minutes for another one to end, and does not end it.

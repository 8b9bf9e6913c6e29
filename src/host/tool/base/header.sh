# base - what every other folder builds on: paths, time and disk, passwords, output, the state folder, stdin
#
# SYNOPSIS
#   now, wait_for                                                  time
#   read_line, line_of, has_line, in_folder, remove_paths          files and lines
#   write_line, make_older, put_readable, durable, durable_tree    files that survive a power cut
#   is_secret, make_readable, remove_secrets, redact               passwords, and files with them
#   say, tell, fail, json, reason, on_one_line, is_terminal        output, without passwords
#   recorded, record, newer_format, proof_field                    lines of the state folder
#   live, live_mark, live_label, label, unchanged                  what is live
#   our_files, is_ours, in_etc, is_unedited, is_placeholder        files in /etc/postfix
#   receive, remove_input, input_key, input_keys                   stdin
#   require_owner, record_owner, record_resource, may_restore      whose word counts
#
# FILES
#   rw /run/postrelay                        what came on stdin, in memory; gone when the verb ends
#   rw /run/postrelay.lock                   held while what a killed verb has left there is removed
#   rw /var/lib/postfix-relay/owner          PROJECT/STACK/NAME of the Relay that manages this host
#   rw /var/lib/postfix-relay/resource       URN of the Relay whose configuration is live
#   r  /var/lib/postfix-relay/format         version of this folder
#   r  /var/lib/postfix-relay/salt           what labels are made with, so that no password can be tried against one
#   r  /var/lib/postfix-relay/live           "DIGEST MARK" of what is live, then the names of our files
#   r  /var/lib/postfix-relay/proven         when it was proven, with which Postfix, and the relay host's answer
#   r  /var/lib/postfix-relay/good           the generation that was proven last
#   r  /var/lib/postfix-relay/placeholder.cf the main.cf with which mail waits for a first configuration
#   r  /var/lib/postfix-relay/parts          for their passwords
#   r  /var/lib/postfix-relay/kept           for their passwords
#   r  /var/lib/postfix-relay/original       for its passwords
#   r  /var/lib/postfix-relay/login          for tokens
#   r  /var/lib/postfix-relay/packages       whether another mail system was removed
#   r  /etc/postfix
#
# SETS
#   failure (here: only its first value), input_owner, input_refusal, kernel_line
#
# DIAGNOSTICS
#   64  no owner on stdin
#   69  the host was not set up by this tool
#   73  the input or a line of the state folder cannot be written
#   77  the host has another owner
#   78  the state folder is of a newer version
#
# BUGS
#   A password of less than four bytes is not redacted, nor is one that a relay host repeats in another form than as it
#   is or in base64.
#   A name that is local is seen by all that the function calls; modules.test.ts refuses to read it there.

# switch - other files become live in /etc/postfix, or all stays as it was; what was there before; the last queue
#
# SYNOPSIS
#   takeover_of, switch_to, recover, undo_plan                             the switch, and its end after a kill
#   has_original, is_hand_made, is_left_over, left_over_files              what was here before
#   what_ends, what_changes, stranded, leave_queue                         what of it ends
#   drain_queue, accept_mail, is_refusing_mail                             while the queue empties for the last time
#
# FILES
#   rw /etc/postfix                          our files, and while a switch lasts .postfix-relay
#   rw /etc/aliases                          its index; an empty file where there is none
#   rw /var/lib/postfix-relay/journal        while files are renamed: how Postfix was, and the plan
#   rw /var/lib/postfix-relay/committed      the same, once Postfix has taken the files over
#   rw /var/lib/postfix-relay/live           what is live
#   rw /var/lib/postfix-relay/good           the generation that was proven last
#   rw /var/lib/postfix-relay/previous       the one before
#   rw /var/lib/postfix-relay/original       /etc/postfix as it was before the first of ours, and whether Postfix ran
#   rw /var/lib/postfix-relay/kept           files that somebody had edited, the last three times
#   rw /var/lib/postfix-relay/accepting.cf   the main.cf of before, while mail is refused
#   rw /var/lib/postfix-relay/made-aliases   checksum of the /etc/aliases that we have made
#   rw /etc/systemd/system                   what a power cut has left half written is removed
#   rw /usr/local/sbin/postrelay             the same
#   rw /usr/local/lib/postfix-relay          the same
#   r  /var/spool/postfix
#   r  /run/postrelay
#
# SETS
#   failure, switch_aside, switch_kept
#
# DIAGNOSTICS
#   69  messages remain in the queue, and mail is accepted again
#   73  nothing has begun: a file cannot be written
#   78  Postfix did not take the files over, and those of before are back; or they are not, and the reason says so
#
# BUGS
#   A host with several instances of Postfix (postmulti) is refused, or continues with the first one if wanted:
#   the others run until the next boot, and are started again only at the boot after a destroy.
#   Whether a parameter is harmless is judged by its name: one that works together with a program of the host's own in
#   master.cf may not be.

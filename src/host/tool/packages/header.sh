# packages - Postfix and what it needs; other mail systems go, and what our own calls of apt have brought goes again
#
# SYNOPSIS
#   packages_install, postfix_is_ours, apt_compare,
#   apt_absent                                        what is there
#   packages_removable, packages_remove               what goes
#   mta_unblock                                       another mail system that accepts mail again
#
# FILES
#   rw /var/lib/postfix-relay/packages       the lists in packages/lists.sh, and what apt and dpkg said
#   rw /usr/sbin                             the mode of another mail system's program, while it may not accept mail
#
# SETS
#   apt_holder, apt_log, apt_missing, apt_next_word, apt_unfetched, apt_version, apt_waited, mta_package, mta_pid,
#   mta_program, mta_unit, removal_back, removal_going, removal_kept, removal_mine, removal_others
#
# DIAGNOSTICS
#   69  apt cannot do it, or another mail system keeps messages
#   73  a list cannot be written, or a mode cannot be changed
#   75  others keep apt busy for five minutes
#
# BUGS
#   How to empty the queue is known of exim4, dma, nullmailer, sendmail and opensmtpd; a host with another mail system
#   is refused until that is removed by hand.

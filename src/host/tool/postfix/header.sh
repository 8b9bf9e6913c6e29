# postfix - all that is asked of Postfix and of systemd
#
# SYNOPSIS
#   write_unit, unit_state, all_enabled, all_active, unmask, start_at_boot     units of systemd
#   can_sandbox                                                                whether they can be shut in
#   leave_out_bridges, settle_bridges, bridge_services, has_address            addresses that may not be there
#   own_bridges, bridge_refusal                                                or not be those of a bridge
#   bridges_left_out, are_bridges_settled, follow_bridges, await_bridge        the same, while one is not
#   install_bridges, remove_bridges, bridges_fault                             the units for that
#   copy_chroot, stale_chroot                                                  the files in its chroot
#   maillog_settings, maillog_use, maillog_fall_back, maillog_mark,
#   maillog_elsewhere, maillog_read, maillog_journal                           its log, where nobody else writes
#   postfix_installed, postfix_version, require_postfix, version_at_least,
#   mail_version                                                               which Postfix
#   live_value, listeners, outside_listeners                                   its parameters, and where it listens
#   master, running, take_over, stop_postfix                                   its processes
#   queue_length, queue_folder, corrupt_messages, flush_queue                  its queue
#   permissions_faults, permissions_words, permissions_mend, read_only         what its programs may do with its files
#   base_master, edit_master, mend_master, overrides                           a master.cf to come
#   is_proven_version, is_master_proven, changed_services, master_refusal      the master.cf of the proof
#
# FILES
#   rw /etc/systemd/system                   units that write_unit is given, and those for bridges
#   rw /etc/postfix                          main.cf, for bridges that are not there
#   rw /var/spool/postfix                    the files in its chroot that resolve names; owners and modes
#   r  /usr/local/sbin/postrelay             what units call
#   r  /var/log/mail.log                     where there is no journal
#   r  /var/lib/postfix-relay/good           for master.cf
#   r  /var/lib/postfix-relay/original       for master.cf
#
# SETS
#   failure, maillog_at, maillog_file, maillog_name, maillog_open_at, maillog_own, maillog_owner, maillog_place,
#   maillog_user, postfix_copied
#
# DIAGNOSTICS
#   73  a file of the chroot, a unit, main.cf, an owner or a mode cannot be written
#   78  Postfix is gone, has not started, has not read its files; postconf refuses a change of master.cf
#
# BUGS
#   A bridge whose port another program has taken keeps Postfix from starting.
#   Instances of Postfix besides the first one (postmulti) are not checked.
#   Where there is no journal, every user of the host can write a line that reads like a delivery.

# postfix - all that is asked of Postfix and of systemd
#
# SYNOPSIS
#   write_unit, unit_state, all_enabled, all_active                            units of systemd
#   postfix_installed, postfix_version, require_postfix, version_at_least      which Postfix
#   live_value, listeners, outside_listeners                                   its parameters, and where it listens
#   master, running, take_over, stop_postfix                                   its processes
#   queue_length, queue_folder, corrupt_messages, flush_queue, copy_chroot     its queue and its chroot
#   permissions_faults, permissions_words, permissions_mend, read_only         what its programs may do with its files
#   base_master, edit_master, mend_master, overrides                           a master.cf to come
#   is_proven_version, is_master_proven, changed_services                      the master.cf of the proof
#
# FILES
#   rw /etc/systemd/system                   units that write_unit is given
#   rw /var/spool/postfix                    the files in its chroot that resolve names; owners and modes
#   r  /etc/postfix
#   r  /var/lib/postfix-relay/good           for master.cf
#   r  /var/lib/postfix-relay/original       for master.cf
#
# SETS
#   failure, postfix_copied
#
# DIAGNOSTICS
#   73  a file of the chroot, a unit, an owner or a mode cannot be written
#   78  Postfix is gone, has not started, has not read its files; postconf refuses a change of master.cf
#
# BUGS
#   Instances of Postfix besides the first one (postmulti) are not looked at.

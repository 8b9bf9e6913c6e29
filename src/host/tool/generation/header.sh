# generation - a set of files, rendered for this host, and what stops it before it is tried
#
# SYNOPSIS
#   digest, render, rendered_from, is_rendered_like                from what came to what goes to /etc/postfix
#   files_of, parameter_of, map_type, read_services, public_paths  what is in it
#   validate, look_up, require_no_overrides                        what Postfix can check by now
#   require_aliases, require_ports, require_room                   what the host has to have
#   read_room                                                      how much room the queue has
#   host_lines                                                     what depends on the host
#   aliases_fault, aliases_index_fault                             what is wrong with the aliases of the host
#   aliases_refusal, aliases_built, aliases_know                   their index
#
# FILES
#   rw GENERATION/etc       as it goes to /etc/postfix, with indexes and a master.cf
#   rw GENERATION/rendered  a digest of what etc/ was made from beside sent/
#   rw GENERATION/mended    there if services of the host's master.cf are mended with it
#   r  GENERATION/sent      as it came
#   r  /etc/aliases
#   rw /var/lib/postfix-relay/aliases  checksums of it and of an index that is known to be made of it
#   r  /var/lib/postfix-relay/good   which listeners were proven
#   r  /var/spool/postfix   how much room there is
#
# SETS
#   generation_services, room_files, room_needed, room_space
#
# DIAGNOSTICS
#   73  it cannot be written
#   78  Postfix or the host refuses it
#
# BUGS
#   A file of the host's own that mainCf names is no part of a generation: it is not proven again when it changes.

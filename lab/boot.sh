# Runs one host until it is shut down. Arguments: folder of all labs, folder of the host, cgroup below the root of
# cgroup2, network namespace, name of the host.
set -eu

# In a mount namespace of its own: systemd-nspawn gives the host the cgroup version it finds mounted, and that has to be
# cgroup2 alone; the mounts of other hosts must not live as long as this one; and nspawn's own traces go with it.
# shellcheck disable=SC2016 # the inner shell expands it
exec unshare --mount sh -euc '
  run=$1 host=$2 group=/sys/fs/cgroup/$3 netns=$4 name=$5
  awk -v run="$run/" -v host="$host/" "index(\$5, run) == 1 && index(\$5, host) != 1 { print \$5 }" /proc/self/mountinfo |
    tac | while read -r other; do
      # Another lab may have removed it meanwhile.
      umount -l "$other" 2>/dev/null || ! mountpoint -q "$other"
    done
  umount -R /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p "$group/watch" "$group/host" /run/systemd/nspawn
  mount -t tmpfs none /run/systemd/nspawn
  echo $$ > "$group/watch/cgroup.procs"
  while :; do
    code=0
    sh -euc "echo \$\$ > $group/host/cgroup.procs; exec \"\$@\"" sh \
      env SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --register=no --keep-unit --settings=no \
      --network-namespace-path="/run/netns/$netns" --capability=CAP_NET_ADMIN --resolv-conf=off --timezone=off \
      --link-journal=no --console=pipe --directory="$host/root" --machine="$name" --boot || code=$?
    # With --keep-unit it leaves a reboot to whoever started it.
    [ $code -eq 133 ] || exit $code
  done
' sh "$@"

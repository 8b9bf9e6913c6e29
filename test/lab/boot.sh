# Becomes the systemd-nspawn of one host. Arguments: folder of all labs, folder of the host, cgroup, network namespace, name.
set -eu
run=$1 host=$2 group=$3 netns=$4 name=$5
mkdir -p "$group"
echo $$ > "$group/cgroup.procs"

# In a mount namespace of its own: systemd-nspawn gives the host the cgroup version it finds mounted, and that has to be
# cgroup2 alone; and the mounts of other hosts must not live as long as this one.
exec unshare --mount sh -euc '
  run=$1 host=$2 netns=$3 name=$4
  awk -v run="$run/" -v host="$host/" "index(\$5, run) == 1 && index(\$5, host) != 1 { print \$5 }" /proc/self/mountinfo |
    tac | while read -r other; do umount -l "$other"; done
  umount -R /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --quiet --register=no --keep-unit --settings=no \
    --network-namespace-path="/run/netns/$netns" --capability=CAP_NET_ADMIN --resolv-conf=off --timezone=off \
    --link-journal=no --console=pipe --directory="$host/root" --machine="$name" --boot
' sh "$run" "$host" "$netns" "$name"

# Finishes a base image, as root inside of it. Arguments: apt settings for the hosts, one line each.
set -eu
for setting; do echo "$setting"; done > /etc/apt/apt.conf.d/99lab
echo 'Acquire::Languages "none";' >> /etc/apt/apt.conf.d/99lab

useradd -m -s /bin/bash deploy
useradd -m -s /bin/bash plain
echo 'deploy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/deploy
chmod 440 /etc/sudoers.d/deploy

# Every host gets its own; apt's timers would take its lock in the middle of a test.
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
systemctl -q mask apt-daily.timer apt-daily-upgrade.timer
# The journal has to outlive a reboot, as it does on a server.
mkdir -p /var/log/journal

# Package lists and the packages that most tests install: hosts then need no download of their own.
apt-get -qq update
apt-get -qq install -y --download-only postfix libsasl2-modules bsd-mailx nftables > /dev/null

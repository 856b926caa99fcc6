# Builds a node's root file system and becomes the node's first process, a root shell that reads its input: when the emulator
# is gone, however it died, the shell ends, and with it the node with all its processes, mounts and interfaces.
#
# Runs as root of new mount, pid, uts, ipc and network namespaces, with this machine's files and programs still around it.
# It says its process id outside, and which of the programs that matter the node has. Programs take longest here: hence one
# `mount` and one `cp` for everything.
#
# The text comes on standard input, and all of it is read before anything is done.
#
# $1: the folder of an unpacked image, or `/` for a root over this machine's own programs
# $2: the image's layers in that folder, as an overlay's lowerdir has them
# $3: the node's name    $4: its hosts file    $5: its resolver's file    $6: more options of its overlays
# $7: its network, `host` for this machine's    $8: commands for `ip` that connect it
# $9: the rights that its processes may ever have, as setpriv's bounding set
set -eu
umask 022
tree=$1 layers=$2 name=$3 hosts=$4 resolver=$5 overlay=$6 network=$7 connection=$8 rights=$9
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# What a root over this machine shows of it; whatever is not named here, a node does not see.
visible_folders='usr/bin usr/sbin usr/lib usr/lib32 usr/lib64 usr/libx32 usr/libexec usr/share
  usr/local/bin usr/local/sbin usr/local/lib usr/local/lib64 usr/local/libexec usr/local/share
  bin sbin lib lib32 lib64 libx32'
visible_settings='alternatives bash.bashrc ca-certificates ca-certificates.conf crypto-policies default/useradd gai.conf
  host.conf inputrc ld.so.cache ld.so.conf ld.so.conf.d locale.conf localtime login.defs magic mime.types nsswitch.conf
  pam.d pki/ca-trust/extracted pki/tls/certs pki/tls/cert.pem profile protocols python3 python3.11 rpc security/limits.conf
  services shells skel ssh/moduli ssh/ssh_config ssh/sshd_config ssl/certs ssl/openssl.cnf terminfo timezone vim'
devices='null zero full random urandom tty'

# Everything is in memory that only this mount namespace has, over a folder that every machine has.
state=/tmp
root=$state/root

# A line for mount: source, type, folder of the node, options.
entry() {
  echo "$1 $root/$3 $2 $4 0 0"
}

# An overlay of the node's folder $1 over the folder $2.
overlay_entry() {
  entry overlay overlay "$1" "nodev,X-mount.mkdir,lowerdir=$2,upperdir=$state/upper/$1,workdir=$state/work/$1$overlay"
}

# Root here may be root outside, too: what of the kernel is writable by its files stays as it is.
kernel_entries() {
  entry proc proc proc nosuid,nodev,noexec,X-mount.mkdir
  for path in bus fs irq sys sysrq-trigger; do
    if [ -e /proc/$path ]; then entry $root/proc/$path none proc/$path bind,ro,nosuid,nodev,noexec; fi
  done
  for path in kcore keys timer_list; do
    if [ -e /proc/$path ]; then entry /dev/null none proc/$path bind,ro; fi
  done
  for path in acpi asound scsi; do
    if [ -d /proc/$path ]; then entry tmpfs tmpfs proc/$path ro,size=0; fi
  done
  # The machine's network is not this namespace's to show.
  if [ "$network" != host ]; then
    entry sysfs sysfs sys ro,nosuid,nodev,noexec,X-mount.mkdir
    if [ -d /sys/firmware ]; then entry tmpfs tmpfs sys/firmware ro,size=0; fi
  fi
}

device_entries() {
  for device in $devices; do entry /dev/$device none dev/$device bind; done
  entry devpts devpts dev/pts newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5,X-mount.mkdir
  entry $root/dev/pts/ptmx none dev/ptmx bind
  entry tmpfs tmpfs dev/shm nosuid,nodev,noexec,mode=1777,X-mount.mkdir
}

# What every node has of its own, in the folder that is the current one.
settings_of_node() {
  for device in $devices ptmx; do : >dev/$device; done
  echo "$name" >etc/hostname
  echo "$hosts" >etc/hosts
  echo "$resolver" >etc/resolv.conf
}

# The system's accounts among the lines of a database, and their names with the rest $2 into the database of secrets $1.
accounts() {
  sed -n -E -e '/^[^:]*:[^:]*:([0-9]{1,3}|65534):/{p' -e "s/:.*/:$2/" -e "w $1" -e '}'
}

settings_of_machine() {
  (umask 077 && : >etc/shadow >etc/gshadow)
  accounts etc/shadow '*:19000:0:99999:7:::' </etc/passwd >etc/passwd
  accounts etc/gshadow '*::' </etc/group >etc/group
  echo 'Amazon Linux release 2023 (Amazon Linux)' >etc/system-release
  printf '%s\n' 'NAME="Amazon Linux"' 'VERSION="2023"' 'ID="amzn"' 'ID_LIKE="fedora"' 'VERSION_ID="2023"' \
    'PLATFORM_ID="platform:al2023"' 'PRETTY_NAME="Amazon Linux 2023"' \
    'VARIANT="ssm-emulator, over the programs of another system"' >etc/os-release
  (
    umask 077
    printf '%s\n' 'Defaults env_reset' \
      'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"' \
      'root ALL=(ALL:ALL) ALL' '@includedir /etc/sudoers.d' >etc/sudoers
  )
}

# A root over this machine: what is visible of it, and settings of its own. Writes the first mounts.
over_machine() {
  overlays='' folders=''
  for folder in $visible_folders; do
    if [ -d "/$folder" ] && [ ! -L "/$folder" ]; then
      overlays="$overlays $folder" folders="$folders $state/upper/$folder $state/work/$folder"
    fi
  done
  for folder in dev etc/sudoers.d etc/ssh home mnt opt run srv var/cache var/lib var/log var/spool/mail; do
    folders="$folders $root/$folder"
  done
  # shellcheck disable=SC2086
  mkdir -p $folders
  # sh of Amazon Linux is bash.
  ln -s bash $state/upper/usr/bin/sh
  visible=''
  for path in bin sbin lib lib32 lib64 libx32 var/run dev/fd dev/stdin dev/stdout dev/stderr; do
    if [ -L /$path ]; then visible="$visible $path"; fi
  done
  for setting in $visible_settings; do
    if [ -e "/etc/$setting" ]; then visible="$visible etc/$setting"; fi
  done
  # shellcheck disable=SC2086
  cp -R -P -p --parents $visible $root
  cd $root
  settings_of_node
  settings_of_machine
  {
    entry $root none '' bind,nodev
    for folder in $overlays; do overlay_entry "$folder" "/$folder"; done
    entry tmpfs tmpfs root nodev,mode=700,X-mount.mkdir
    entry tmpfs tmpfs tmp nodev,mode=1777,X-mount.mkdir
    entry tmpfs tmpfs var/tmp nodev,mode=1777,X-mount.mkdir
  } >$state/fstab
  cd /
}

# A root over an image.
over_image() {
  mkdir -p $root $state/upper/dev $state/upper/etc $state/upper/mnt $state/work
  # shellcheck disable=SC2164
  (cd /dev && cp -P fd stdin stdout stderr $state/upper/dev)
  (cd $state/upper && settings_of_node)
  overlay_entry '' "$layers" >$state/fstab
}

main() {
  # The process id as it is outside: the file system at /proc is still the one of outside.
  read -r pid _ </proc/self/stat

  cd -- "$tree"
  connecting=''
  if [ -n "$connection" ]; then
    echo "$connection" | ip -batch - &
    connecting=$!
  fi
  mount --no-mtab -t tmpfs -o mode=755 tmpfs $state
  if [ "$tree" = / ]; then over_machine; else over_image; fi
  {
    kernel_entries
    device_entries
  } >>$state/fstab
  mount --no-mtab --all --fstab $state/fstab
  # Root of a user namespace may not write there.
  { echo "$name" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$name"
  # Containers have none either.
  if [ "$network" != host ] && [ -e /proc/sys/net/ipv6 ]; then echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; fi
  if [ -n "$connecting" ]; then wait "$connecting"; fi

  # What is outside goes: from inside the node there is no way to it.
  cd $root
  pivot_root . mnt
  cd /
  umount -n -l /mnt

  programs=''
  for program in sudo python3; do
    if command -v $program >/dev/null; then programs="$programs $program"; fi
  done
  echo "$pid$programs"
  case $programs in *sudo*) ;; *) rights="$rights --no-new-privs" ;; esac
  unset OLDPWD
  # shellcheck disable=SC2086
  exec setpriv --inh-caps=-all --bounding-set=$rights -- /bin/sh -s
}

main

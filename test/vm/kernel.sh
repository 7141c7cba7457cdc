#!/bin/sh
# Fetches a Debian kernel for the test VM and prints the folder it is in:
# vmlinuz, version, busybox, lib/modules/VERSION (what a test may want of them).
# Only unpacked into a cache, never installed; the machine's apt is not changed.
#
#   kernel.sh 5.10|6.1|6.12|sid
#
# The newest build that the suite has on the day of the first call is kept;
# to get a newer one, remove the folder.
set -eu
unset CDPATH

cache=${XDG_CACHE_HOME:-$HOME/.cache}/plaincap/vm
mirror=$(cd "$(dirname "$0")" && pwd)/../debian-mirror.sh
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# 9p, overlay and virtio to boot; net and the software devices for tests of
# namespaces, bridges and packet capture; lib, crypto and arch for what those need.
kept_modules='
  net lib crypto arch
  fs/9p fs/netfs fs/fscache fs/overlayfs
  drivers/virtio drivers/char/virtio_console.* drivers/char/hw_random
  drivers/net/veth.* drivers/net/dummy.* drivers/net/tun.* drivers/net/net_failover.* drivers/net/virtio_net.*
'

fail() {
  echo "kernel.sh: $*" >&2
  exit 1
}

case ${1-} in
  5.10) suite=bullseye ;;
  6.1) suite=bookworm ;;
  6.12) suite=trixie ;;
  sid) suite=sid ;;
  *) fail 'which kernel? 5.10, 6.1, 6.12 or sid' ;;
esac
kernel=$cache/$1

configure_apt() {
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/none"
  options="[arch=amd64 signed-by=$keyring]"
  {
    echo "deb $options $(sh "$mirror" debian) $suite main"
    [ "$suite" = sid ] || echo "deb $options $(sh "$mirror" debian-security) $suite-security main"
  } >"$work/sources.list"
  cat >"$work/apt.conf" <<EOF
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Cache "$work";
Dir::Etc::preferences "$work/none";
Dir::Etc::preferencesparts "$work/none";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/none";
Dir::State "$work";
Dir::State::status "/dev/null";
EOF
  export APT_CONFIG="$work/apt.conf"
}

# The meta package names the newest kernel; from 6.17 on that is several packages.
kernel_packages() {
  apt-cache depends --recurse --important linux-image-amd64 |
    grep -xE 'linux-(image|binary|modules)-[0-9].*'
}

unpack() {
  mkdir "$work/all" "$work/made"
  for package in "$work"/*.deb; do
    dpkg -x "$package" "$work/all"
  done
  cp "$work/all/bin/busybox" "$work/made/" 2>/dev/null ||
    cp "$work/all/usr/bin/busybox" "$work/made/"
  # up to 6.12 in /boot and /lib, later in /usr/lib
  modules=$(find "$work/all/lib/modules" "$work/all/usr/lib/modules" -maxdepth 1 -name '[0-9]*' 2>/dev/null || :)
  version=${modules##*/}
  cp "$work/all/boot/vmlinuz-$version" "$work/made/vmlinuz" 2>/dev/null ||
    cp "$modules/vmlinuz" "$work/made/vmlinuz"

  kept=$work/made/lib/modules/$version
  mkdir -p "$kept/kernel"
  (
    cd "$modules/kernel"
    present=
    for path in $kept_modules; do
      # not every kernel has every one
      [ ! -e "$path" ] || present="$present $path"
    done
    # shellcheck disable=SC2086  # a list
    tar -c $present | tar -x -C "$kept/kernel"
  )
  find "$kept" -name '*.ko.xz' -exec "$work/made/busybox" unxz {} +
  "$work/made/busybox" depmod -b "$work/made" "$version"
  echo "$version" >"$work/made/version"
}

if [ ! -f "$kernel/version" ]; then
  [ "$(uname -m)" = x86_64 ] || fail 'the VM runs the programs of this machine: x86-64 only'
  mkdir -p "$cache"
  exec 9<"$cache"
  flock 9
fi
if [ ! -f "$kernel/version" ]; then
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  echo "fetching Debian's kernel $1 ($suite)" >&2
  configure_apt
  log=$work/log
  apt-get -q update >"$log" 2>&1 || { cat "$log" >&2; fail "no package list of $suite"; }
  packages=$(kernel_packages) || fail "$suite has no linux-image-amd64"
  # shellcheck disable=SC2086  # a list
  (cd "$work" && apt-get -q download busybox-static $packages) >"$log" 2>&1 ||
    { cat "$log" >&2; fail "cannot download $packages"; }
  unpack
  rm -rf "$kernel"
  mv "$work/made" "$kernel"
fi
echo "$kernel"

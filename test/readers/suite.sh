#!/bin/sh
# Gets programs that read capture files from a Debian suite, and prints the
# folder that they are in, for chroot. They are only unpacked, into a cache:
# nothing is installed, and the machine's apt is not changed.
#
#   suite.sh bullseye|bookworm|trixie|sid
#
# What the suite has on the day of the first call is kept; to get something
# newer, remove the folder.
set -eu
unset CDPATH

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plaincap/suites

fail() {
  echo "suite.sh: $*" >&2
  exit 1
}

case ${1-} in
  bullseye) packages=tshark ;;
  bookworm)
    packages=python3,python3-scapy,python3-dpkt
    packages=$packages,golang-github-google-gopacket-dev,golang-golang-x-net-dev
    ;;
  trixie) packages=tshark,suricata ;;
  sid) packages=tshark ;;
  *) fail 'which suite? bullseye, bookworm, trixie or sid' ;;
esac
suite=$cache/$1

if [ ! -e "$suite" ]; then
  [ "$(id -u)" = 0 ] || fail 'only root may chroot'
  mkdir -p "$cache"
  exec 9>"$cache/.$1.lock"
  flock 9
fi
if [ ! -e "$suite" ]; then
  work=$(mktemp -d "$cache/.$1.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  sh "$here/../../native/setup.sh" --packages mmdebstrap=mmdebstrap
  echo "unpacking $packages of Debian's $1" >&2
  # base-files has the links by which one folder of programs is found under both its
  # names. What a mirror has of sid may be some days old, and so past its time.
  mmdebstrap --quiet --variant=extract --components=main --include="base-files,$packages" \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    "$1" "$work/root" "$(sh "$here/../debian-mirror.sh" debian)" >"$work/log" 2>&1 </dev/null ||
    { cat "$work/log" >&2; fail "cannot get $packages of $1"; }
  mv "$work/root" "$suite"
fi
echo "$suite"

#!/bin/sh
# Installs what the bench compares plaincap with, on Debian: h2load, gopacket,
# scapy, dpkt. Does only what is missing.
#
#   setup.sh [FILE:PACKAGE...]   those besides
set -eu
unset CDPATH

cd "$(dirname "$0")/../.."
sh native/setup.sh --packages h2load=nghttp2-client

missing=
# file:package, for what is no command
for pair in "$@" \
  /usr/share/gocode/src/github.com/google/gopacket/packet.go:golang-github-google-gopacket-dev \
  /usr/share/gocode/src/golang.org/x/net/bpf/doc.go:golang-golang-x-net-dev \
  /usr/share/gocode/src/golang.org/x/sys/unix/ioctl.go:golang-golang-x-sys-dev \
  /usr/lib/python3/dist-packages/scapy/all.py:python3-scapy \
  /usr/lib/python3/dist-packages/dpkt/dpkt.py:python3-dpkt; do
  [ -e "${pair%%:*}" ] || missing="$missing ${pair#*:}"
done
[ -n "$missing" ] || exit 0
echo "bench: installing$missing" >&2
# shellcheck disable=SC2086  # a list
DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing >/dev/null

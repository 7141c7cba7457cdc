#!/bin/sh
# Fetches the Go compiler of a Debian suite and prints the path of its command.
# Only unpacked into a cache, never installed; the machine's apt is not changed.
#
#   newer-go.sh trixie|sid
#
# What the suite has on the day of the first call is kept; to get a newer one,
# remove the folder.
set -eu
unset CDPATH

suite=${1?which suite?}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plaincap/go
go=$cache/$suite
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
  echo "newer-go.sh: $*" >&2
  exit 1
}

# Where this machine's apt gets Debian from
mirror() {
  # shellcheck disable=SC2016  # apt's own variable
  found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's|^\(https\{0,1\}://.*/debian\)/\{0,1\}$|\1|p' | sed -n 1p)
  echo "${found:-http://deb.debian.org/debian}"
}

configure_apt() {
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/none"
  echo "deb [arch=amd64 signed-by=$keyring] $(mirror) $suite main" >"$work/sources.list"
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

if [ ! -e "$go/command" ]; then
  mkdir -p "$cache"
  exec 9<"$cache"
  flock 9
fi
if [ ! -e "$go/command" ]; then
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  configure_apt
  log=$work/log
  apt-get -q update >"$log" 2>&1 || { cat "$log" >&2; fail "no package list of $suite"; }
  # The meta package golang-go names the suite's version.
  version=$(apt-cache depends --important golang-go | sed -n 's/.*golang-\([0-9.]*\)-go$/\1/p' | sed -n 1p)
  (cd "$work" && apt-get -q download "golang-$version-go" "golang-$version-src") >"$log" 2>&1 ||
    { cat "$log" >&2; fail "cannot download Go $version of $suite"; }
  mkdir "$work/made"
  for package in "$work"/*.deb; do
    dpkg -x "$package" "$work/made"
  done
  echo "usr/lib/go-$version/bin/go" >"$work/made/command"
  rm -rf "$go"
  mv "$work/made" "$go"
fi
read -r command <"$go/command"
echo "$go/$command"

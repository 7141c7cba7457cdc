#!/bin/sh
# Prints where this machine's apt gets an archive of Debian.
#
#   debian-mirror.sh debian|debian-security
set -eu

# shellcheck disable=SC2016  # apt's own variable
found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
  sed -n "s|^\(https\{0,1\}://.*/$1\)/\{0,1\}\$|\1|p" | sed -n 1p)
echo "${found:-http://deb.debian.org/$1}"

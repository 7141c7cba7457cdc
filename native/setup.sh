#!/bin/sh
# Makes a Debian machine with Node.js ready: system packages, npm packages,
# native dependencies, build. Does only what is missing.
#
#   setup.sh                                everything
#   setup.sh --packages [COMMAND=PACKAGE]...  system packages alone: those of
#       the build, or those given
set -eu
unset CDPATH

cd "$(dirname "$0")/.."

# command=package, for what the build, the demo and the tests call.
# A command from elsewhere than Debian's package will do.
needed='
  gcc=gcc g++=g++ make=make ar=binutils bzip2=bzip2 gzip=gzip git=git
  clang=clang clang-format=clang-format llvm-strip=llvm bpftool=bpftool
  python3=python3
  tshark=tshark dumpcap=wireshark-common tcpdump=tcpdump
  curl=curl openssl=openssl nginx=nginx apache2=apache2-bin
  wget=wget gnutls-cli=gnutls-bin selfserv=libnss3-tools
  java=openjdk-17-jre-headless strace=strace
  go=golang-go
'
oldest_node=20

fail() {
  echo "setup: $*" >&2
  exit 1
}

say() {
  echo "setup: $*" >&2
}

is_root() {
  [ "$(id -u)" = 0 ]
}

# missing_packages COMMAND=PACKAGE...: prints the packages to install
missing_packages() {
  (
    # bpftool and web servers are not on the path of everyone who may run them
    PATH=$PATH:/usr/sbin:/sbin
    for pair; do
      command -v "${pair%%=*}" >/dev/null || printf ' %s' "${pair#*=}"
    done
  )
}

# Headers, libraries, certificates and modules are no commands.
missing_files() {
  libraries=/usr/lib/$(uname -m)-linux-gnu
  [ -e "/usr/include/$(uname -m)-linux-gnu/asm/types.h" ] ||
    [ -e /usr/include/asm/types.h ] || printf ' linux-libc-dev'
  [ -e /usr/include/stdlib.h ] || printf ' libc6-dev'
  [ -e /etc/ssl/certs/ca-certificates.crt ] || printf ' ca-certificates'
  [ -e /etc/services ] || printf ' netbase'
  [ -e /usr/lib/python3/dist-packages/cbor2 ] || printf ' python3-cbor2'
  [ -e "$libraries/libssl.a" ] || printf ' libssl-dev'
  [ -e /usr/include/android/openssl/ssl.h ] || printf ' android-libboringssl-dev'
  [ -e /usr/include/gnutls/gnutls.h ] || printf ' libgnutls28-dev'
  [ -e /usr/include/nss/nss.h ] || printf ' libnss3-dev'
  [ -e "$libraries/libcurl-gnutls.so.4" ] || printf ' libcurl3-gnutls'
  [ -e "$libraries/libcurl-nss.so.4" ] || printf ' libcurl3-nss'
}

# apt-get waits for dpkg's lock if told so, but never for that of its lists, which
# a machine that has just started takes by itself.
update_lists() {
  tries=120
  until LC_ALL=C apt-get -q update; do
    grep -q 'Could not get lock' "$log" && [ "$tries" -gt 0 ] || return 1
    tries=$((tries - 1))
    : >"$log"
    sleep 1
  done
}

# Debian starts a service when its package is installed. We need nginx's
# program, not a web server on port 80: neither now nor at the next boot.
install_quietly() {
  # One after another: what is done to services is of all.
  exec 9</var/lib/apt
  flock 9
  log=$(mktemp)
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then
    policy=
  else
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  trap 'rm -f "$log" $policy' EXIT
  trap 'exit 130' INT TERM HUP

  { update_lists &&
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
      -o DPkg::Lock::Timeout=120 "$@"; } >>"$log" 2>&1 </dev/null 9<&- || {
    tail -n 20 "$log" >&2
    fail "apt-get cannot install: $*"
  }
  case " $* " in
    *' nginx '*) [ ! -d /run/systemd/system ] || systemctl --quiet disable nginx ;;
  esac
}

# install_packages COMMAND=PACKAGE...; without any, those of the build
install_packages() {
  if [ $# -gt 0 ]; then
    missing=$(missing_packages "$@")
    rerun=" $*"
  else
    # shellcheck disable=SC2086  # a list
    missing=$(missing_packages $needed)$(missing_files)
    rerun=
  fi
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    fail "missing:$missing (names of Debian's packages; apt-get is not here to install them)"
  is_root || {
    say "missing:$missing"
    say 'installs them, then call this again:'
    echo "  sudo sh '$PWD/native/setup.sh' --packages$rerun" >&2
    exit 1
  }
  say "installing$missing"
  # shellcheck disable=SC2086  # a list
  (install_quietly $missing)
}

check_node() {
  command -v node >/dev/null || fail "missing: Node.js $oldest_node or newer"
  command -v npm >/dev/null || fail 'missing: npm'
  node_major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$node_major" -ge "$oldest_node" ] ||
    fail "Node.js $oldest_node or newer is needed; this is $(node -v)"
  node_prefix=$(node -p 'path.resolve(process.execPath, "../..")')
  [ -e "$node_prefix/include/node/node_api.h" ] ||
    fail "missing: $node_prefix/include/node/node_api.h (a package of Node.js without its headers)"
}

install_npm_packages() {
  installed=node_modules/.package-lock.json
  if [ -e "$installed" ] && [ -z "$(find package-lock.json -newer "$installed")" ]; then
    return
  fi
  say 'npm ci'
  npm ci --no-audit --no-fund --loglevel=error >&2
}

# What the build reads.
sources_newer_than() {
  find bpf native src package.json esbuild.config.mjs \
    \( -path bpf/build -o -path native/build -o -path native/deps -o -path native/node_modules \) -prune \
    -o -type f -newer "$1" -print
  find node_modules/.package-lock.json native/deps/stamp -newer "$1"
}

build() {
  built=node_modules/.cache/plaincap/built
  if [ -e "$built" ] && [ -e dist/cli.js ] && [ -e native/build/Release/plaincap.node ] &&
    [ -z "$(sources_newer_than "$built")" ]; then
    return
  fi
  say 'npm run build'
  mkdir -p "${built%/*}"
  rm -f "$built"
  # From before the build: what is edited while it runs is built next time.
  touch "$built.started"
  npm run --silent build >&2
  mv "$built.started" "$built"
}

case ${1-} in
  --packages)
    shift
    install_packages "$@"
    ;;
  '')
    install_packages
    check_node
    install_npm_packages
    sh native/deps.sh
    build
    ;;
  *)
    fail "unknown argument $1"
    ;;
esac

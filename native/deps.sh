#!/bin/sh
# Builds libbpf, libelf, zlib and Zydis as position-independent static archives
# into native/deps/, so that the addon needs nothing but libc and libstdc++ at
# run time. Debian's own libbpf.a and libelf.a are not position-independent, its
# libbpf 1.1 is too old, and it has no libZydis.a.
#
# The sources are Debian's upstream tarballs (suite trixie), pinned by the
# SHA-256 that the suite's signed index gives them, unpatched. They come from
# the mirror that this machine's apt uses, through apt's own downloader, so its
# proxy and certificate settings hold. No root, no change to the machine.
#
# Licences of what ends up inside the addon:
#   libbpf 1.5.0   LGPL-2.1-only OR BSD-2-Clause   (LICENSE.BSD-2-Clause)
#   libelf 0.192   LGPL-3.0-or-later OR GPL-2.0-or-later, with one file of
#                  elfutils' lib/ that libelf needs, under the same terms
#                  (COPYING-LGPLV3, COPYING-GPLV2)
#   zlib 1.3.1     Zlib                            (LICENSE)
#   Zydis 4.1.1    MIT, with headers of Zycore 1.5.2 under the same (LICENSE)
# Who gives the built addon to others must let them relink it with another
# libelf: this script and the addon's sources are that offer.
set -eu
unset CDPATH CFLAGS CPPFLAGS LDFLAGS MAKEFLAGS

libbpf='libbpf-1.5.0'
libbpf_path=pool/main/libb/libbpf/libbpf_1.5.0.orig.tar.gz
libbpf_sha256=53492aff6dd47e4da04ef5e672d753b9743848bdb38e9d90eafbe190b7983c44

elfutils='elfutils-0.192'
elfutils_path=pool/main/e/elfutils/elfutils_0.192.orig.tar.bz2
elfutils_sha256=616099beae24aba11f9b63d86ca6cc8d566d968b802391334c91df54eab416b4

zlib='zlib-1.3.1'
zlib_path=pool/main/z/zlib/zlib_1.3.dfsg%2Breally1.3.1.orig.tar.gz
zlib_sha256=60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb

zydis='zydis-4.1.1'
zydis_path=pool/main/z/zydis/zydis_4.1.1.orig.tar.gz
zydis_sha256=dcc31180a31e7f568d79d55f8181bd961981559a5666bf6fac43a69ad8b406bf
zycore_path=pool/main/z/zycore-c/zycore-c_1.5.2.orig.tar.gz
zycore_sha256=828f2e2e502c4a339c53162b865afd13de80fdfa068a9ba18032e743243027ea
# The decoder alone: no formatter, no encoder, no libc.
zydis_sources='Decoder DecoderData Register SharedData Utils'

cflags='-O2 -fPIC'
default_mirror=http://deb.debian.org/debian
apt_helper=/usr/lib/apt/apt-helper

root=$(cd "$(dirname "$0")" && pwd)
deps=$root/deps
recipe="$libbpf_sha256 $elfutils_sha256 $zlib_sha256 $cflags"
zydis_recipe="$zydis_sha256 $zycore_sha256 $zydis_sources $cflags"

# has STAMP RECIPE ARCHIVE...
has() {
  stamp=$1 wanted=$2
  shift 2
  [ -f "$deps/$stamp" ] && read -r built_from <"$deps/$stamp" || return 1
  [ "$built_from" = "$wanted" ] || return 1
  for archive; do
    [ -f "$deps/lib/$archive" ] || return 1
  done
}

has_elf_and_bpf() {
  has stamp "$recipe" libbpf.a libelf.a libz.a
}

has_zydis() {
  has stamp-zydis "$zydis_recipe" libZydis.a
}

is_built() {
  has_elf_and_bpf && has_zydis
}

fail() {
  echo "deps.sh: $*" >&2
  exit 1
}

need_tools() {
  missing=
  for tool in gcc make ar tar gzip bzip2 flock sha256sum; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done
  [ -z "$missing" ] || fail "missing:$missing (npm run setup installs them)"
  [ -x "$apt_helper" ] || fail "missing: $apt_helper (the sources come through Debian's apt)"
}

# The Debian mirror that apt is set to here, if it is a plain web address.
machine_mirror() {
  # shellcheck disable=SC2016  # apt's own variable
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's|^\(https\{0,1\}://.*/debian\)/\{0,1\}$|\1|p' | sed -n 1p
}

# download PATH SHA256 FILE
download() {
  for mirror in $(machine_mirror) "$default_mirror"; do
    "$apt_helper" -qq -o APT::Sandbox::User=root \
      download-file "$mirror/$1" "$3" "SHA256:$2" >>"$log" 2>&1 && return
  done
  cat "$log" >&2
  fail "cannot download $(basename "$1") (SHA-256 $2)"
}

# step NAME COMMAND...: silent, unless it fails. COMMAND runs without errexit.
step() {
  name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 || {
    tail -n 30 "$work/$name.log" >&2
    fail "$name does not build"
  }
}

build_zlib() {
  cd "$work/$zlib" &&
    CFLAGS=$cflags ./configure --static &&
    make -j"$jobs" libz.a
}

configure_elfutils() {
  cd "$work/$elfutils" &&
    ./configure --disable-debuginfod --disable-libdebuginfod --disable-nls \
      --without-zstd --without-bzlib --without-lzma \
      CFLAGS="$cflags" CPPFLAGS="-I$work/$zlib" LDFLAGS="-L$work/$zlib"
}

build_libelf() {
  # libelf.a as made lacks the search tree it calls, which is in elfutils' lib/
  cd "$work/$elfutils" &&
    make -j"$jobs" -C lib libeu.a &&
    make -j"$jobs" -C libelf libelf.a &&
    ar rs libelf/libelf.a lib/eu-search.o
}

build_libbpf() {
  make -j"$jobs" -C "$work/$libbpf/src" BUILD_STATIC_ONLY=1 NO_PKG_CONFIG=1 \
    PREFIX= LIBDIR=/lib DESTDIR="$work/out" \
    CFLAGS="$cflags -I$work/$elfutils/libelf -I$work/$zlib" \
    install_headers install_uapi_headers all
}

build_zydis() {
  mkdir -p "$work/zydis/objects" "$work/out/lib" "$work/out/include" &&
    cd "$work/zydis/objects" &&
    for source in $zydis_sources; do
      # shellcheck disable=SC2086  # a list
      gcc $cflags -DZYDIS_STATIC_BUILD -DZYCORE_STATIC_BUILD -DZYAN_NO_LIBC \
        -DZYDIS_DISABLE_FORMATTER -DZYDIS_DISABLE_ENCODER \
        -I../zydis/include -I../zydis/src -I../zycore/include \
        -c "../zydis/src/$source.c" || return
    done &&
    ar rcs "$work/out/lib/libZydis.a" ./*.o &&
    cp -R ../zydis/include/Zydis ../zycore/include/Zycore "$work/out/include/"
}

# unpack FILE FOLDER, without the archive's own top folder
unpack() {
  mkdir -p "$2"
  tar -xzf "$1" -C "$2" --strip-components=1
}

install_zydis() {
  download "$zydis_path" "$zydis_sha256" "$work/zydis.tar.gz"
  download "$zycore_path" "$zycore_sha256" "$work/zycore.tar.gz"
  unpack "$work/zydis.tar.gz" "$work/zydis/zydis"
  unpack "$work/zycore.tar.gz" "$work/zydis/zycore"
  (step zydis build_zydis)

  cd "$deps"
  mkdir -p include lib
  rm -rf stamp-zydis include/Zydis include/Zycore
  cp -R "$work/out/include/Zydis" "$work/out/include/Zycore" include/
  cp "$work/out/lib/libZydis.a" lib/
  echo "$zydis_recipe" >stamp-zydis.new
  mv stamp-zydis.new stamp-zydis
}

build() {
  download "$libbpf_path" "$libbpf_sha256" "$work/libbpf.tar.gz"
  download "$elfutils_path" "$elfutils_sha256" "$work/elfutils.tar.bz2"
  download "$zlib_path" "$zlib_sha256" "$work/zlib.tar.gz"
  tar -xzf "$work/libbpf.tar.gz" -C "$work"
  tar -xjf "$work/elfutils.tar.bz2" -C "$work"
  tar -xzf "$work/zlib.tar.gz" -C "$work"

  (step zlib build_zlib)
  # configure keeps one core busy for 10 s; libbpf needs only elfutils' headers
  (step elfutils-configure configure_elfutils) &
  configure=$!
  libbpf_status=0
  (step libbpf build_libbpf) || libbpf_status=$?
  wait "$configure" && [ "$libbpf_status" = 0 ]
  (step libelf build_libelf)
}

install_built() {
  mkdir -p "$work/out/lib"
  cp "$work/$libbpf/src/libbpf.a" "$work/$elfutils/libelf/libelf.a" "$work/$zlib/libz.a" "$work/out/lib/"
  cp "$work/$elfutils/libelf/libelf.h" "$work/$elfutils/libelf/gelf.h" \
    "$work/$zlib/zlib.h" "$work/$zlib/zconf.h" "$work/out/include/"

  cd "$deps"
  rm -rf stamp stamp-zydis include lib
  cp -R "$work/out/include" "$work/out/lib" .
  echo "$recipe" >stamp.new
  mv stamp.new stamp
}

! is_built || exit 0
need_tools

# Two builds at once: the second waits, then finds the first one's result.
mkdir -p "$deps"
exec 9<"$deps"
flock 9
! is_built || exit 0

# Not under native/: the sources' makefiles cannot bear a space in a path.
work=$(mktemp -d /tmp/plaincap-deps.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
jobs=$(nproc)
log=$work/download.log

if ! has_elf_and_bpf; then
  echo "building $libbpf, libelf of $elfutils and $zlib (about half a minute)" >&2
  build
  install_built
fi
if ! has_zydis; then
  echo "building $zydis" >&2
  install_zydis
fi

#!/bin/sh
# Runs a part of the bench in the VM, on Debian's 6.1, beside bcc's sslsniff:
# that compiles its programs with the headers of the kernel that runs.
#
#   beside-bcc.sh [PART...]
set -eu
unset CDPATH

cd "$(dirname "$0")/../.."
kernel=$(sh test/vm/kernel.sh 6.1)
version=$(cat "$kernel/version")
sh test/bench/setup.sh /usr/sbin/sslsniff-bpfcc:bpfcc-tools \
  "/lib/modules/$version/build/Makefile:linux-headers-$version"

# Debian's 6.1 has come by a min() that bcc's compiler refuses; this is what it was.
# shellcheck disable=SC2016  # expanded in the VM
run='min="#define min(x, y) ({ typeof(x) x_ = (x); typeof(y) y_ = (y); x_ < y_ ? x_ : y_; })"
  sed "s/^#include <linux\/sched.h>.*/&\n#undef min\n$min/" \
    /usr/sbin/sslsniff-bpfcc >/tmp/sslsniff-bpfcc
  chmod +x /tmp/sslsniff-bpfcc
  exec node_modules/.bin/vitest run --config test/bench/vitest.config.ts "$@"'
# Emulation takes twenty times as long as a host; bcc's takes a minute to compile, each time.
exec test/vm/run.sh --timeout 7200 6.1 env SSLSNIFF=/tmp/sslsniff-bpfcc \
  BENCH_SECONDS="${BENCH_SECONDS-1}" BENCH_ROUNDS="${BENCH_ROUNDS-1}" sh -c "$run" sh "$@"

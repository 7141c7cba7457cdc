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

# Emulation takes twenty times as long: what a host does in a third of a second.
exec test/vm/run.sh --timeout 7200 6.1 env SSLSNIFF=/usr/sbin/sslsniff-bpfcc \
  BENCH_SECONDS="${BENCH_SECONDS-0.3}" BENCH_ROUNDS="${BENCH_ROUNDS-3}" \
  node_modules/.bin/vitest run --config test/bench/vitest.config.ts "$@"

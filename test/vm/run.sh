#!/usr/bin/env bash
# Runs a command in a VM with a Debian kernel and this machine's files.
#
#   run.sh [--timeout SECONDS] [--results FOLDER] KERNEL [COMMAND [ARGS...]]
#
# KERNEL is 5.10, 6.1, 6.12 or sid. The command, without one the kernel tests,
# runs as root in the project's folder; its output comes out here, its exit code
# is this script's. It sees the host's files read-only, but /tmp and /run empty;
# what it writes there, to the project, /var or the home folder vanishes with
# the VM. What it puts into $VM_RESULTS ends up in FOLDER; the kernel tests'
# results without FOLDER in test/vm/results/KERNEL.
# Exit code 124: out of time. 125: the VM itself failed. What is QEMU's own failure (see the end) is
# tried up to three times.
#
# QEMU is installed from here, not by native/setup.sh: only these tests need it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
# Software emulation: /dev/kvm may exist and hang. A boot takes about 10 s.
boot_seconds=120

usage() {
  sed -n 's/^#   \(run\.sh\)/usage: \1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

say() {
  echo "vm: $*" >&2
}

timeout_seconds=1500
results=
arguments=("$@")
while [[ ${1-} == --* ]]; do
  case $1 in
    --timeout) timeout_seconds=${2?} ;;
    --results) results=${2?} ;;
    *) usage ;;
  esac
  shift 2
done
(($# >= 1)) || usage
kernel_name=$1
shift

sh "$project/native/setup.sh" --packages qemu-system-x86_64=qemu-system-x86 || exit 125
kernel=$(sh "$here/kernel.sh" "$kernel_name") || exit 125
if (($# == 0)); then
  set -- sh test/vm/kernel-tests.sh
  if [[ -z $results ]]; then
    results=$here/results/$kernel_name
    rm -rf "$results"
  fi
fi
[[ -z $results ]] || { mkdir -p "$results" && results=$(cd "$results" && pwd); }

run=$(mktemp -d)
control=$run/control
qemu=
# shellcheck disable=SC2317  # called by the trap
cleanup() {
  [[ -z $qemu ]] || kill -KILL "$qemu" 2>/dev/null || :
  [[ -z $results || ! -d $control/results ]] || cp -R "$control/results/." "$results/"
  rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkdir -p "$control/results"
{
  printf 'project=%q\n' "$project"
  printf 'kernel=%q\n' "$kernel"
  printf 'home=%q\n' "$HOME"
} >"$control/settings"
{
  echo '#!/bin/bash'
  printf 'export PATH=%q HOME=%q LANG=C.UTF-8 CI=%q\n' "$PATH" "$HOME" "${CI-}"
  printf 'export VM_KERNEL=%q VM_RESULTS=/run/vm/results\n' "$kernel_name"
  printf 'cd %q\nexec' "$project"
  printf ' %q' "$@"
  echo
} >"$control/job"
chmod 755 "$control/job"

sh "$here/initramfs.sh" "$kernel" "$run/initramfs"

# QEMU drops the output once its stdin has ended; this one never does.
mkfifo "$run/no-input"
exec 8<>"$run/no-input"

SECONDS=0
started=$EPOCHREALTIME
elapsed() {
  awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'
}

# With pdeathsig no VM outlives this script, however it ends.
setpriv --pdeathsig KILL qemu-system-x86_64 -accel tcg,thread=multi -cpu Nehalem -smp 2 -m 2048 \
  -nodefaults -display none -no-reboot \
  -kernel "$kernel/vmlinuz" -initrd "$run/initramfs" \
  -append 'console=ttyS0 quiet panic=-1 mitigations=off' \
  -serial "file:$run/console" \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  -virtfs "local,path=$control,mount_tag=control,security_model=none" \
  -device virtio-serial-pci -chardev stdio,id=job,signal=off -device virtserialport,chardev=job \
  <&8 &
qemu=$!

# say_why REASON: with what init and the kernel said of it
say_why() {
  say "$kernel_name: $1 ($(elapsed) s)"
  grep -E 'init:|Oops:|RIP: 0010|Kernel panic' "$run/console" >&2 || tail -n 20 "$run/console" >&2 || :
}

booted=
while kill -0 "$qemu" 2>/dev/null; do
  if [[ -z $booted && -e $control/booted ]]; then
    booted=$(elapsed)
    say "$kernel_name: $(<"$kernel/version") booted in $booted s"
  fi
  if [[ -z $booted ]] && ((SECONDS > boot_seconds)); then
    say_why 'hangs while it boots'
    exit 125
  fi
  if ((SECONDS > timeout_seconds)); then
    say_why 'stopped, out of time'
    exit 124
  fi
  sleep 0.1
done
status=0
wait "$qemu" || status=$?
qemu=

if [[ ! -e $control/exit-code ]]; then
  say_why "ended without the command's exit code, QEMU's is $status"
  # Of code that one CPU changes, QEMU 7.2 now and then executes on another what was there before:
  # here a breakpoint that the kernel set while it turned a tracepoint on or off. It happens without
  # any program of ours, and on no real CPU.
  if ((${VM_ATTEMPT-1} < 3)) && grep -q 'Oops: int3' "$run/console"; then
    say "$kernel_name: a breakpoint that is gone was executed: once more"
    cleanup
    exec env "VM_ATTEMPT=$((${VM_ATTEMPT-1} + 1))" bash "${BASH_SOURCE[0]}" "${arguments[@]}"
  fi
  exit 125
fi
status=$(<"$control/exit-code")
say "$kernel_name: exit code $status after $(elapsed) s"
exit "$status"

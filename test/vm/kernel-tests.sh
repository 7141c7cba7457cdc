#!/bin/sh
# Runs in the VM: tests of captures on a real kernel, and what it found out of
# that kernel (kernel.json, vitest.json in $VM_RESULTS).
#
#   kernel-tests.sh [FILE_OR_FOLDER...]
#
# Without one those that show that a capture works on a kernel. The rest of
# test/kernel and test/connections, which depends on it less, takes half an
# hour more in emulation: npm test runs it on the machine's own kernel.
set -eu

if [ $# = 0 ]; then
  case $VM_KERNEL in
    5.10) set -- test/vm/guest/old-kernel.test.ts ;;
    *)
      set -- test/kernel/this-kernel.test.ts test/kernel/curl-http2.test.ts \
        test/kernel/late-start.test.ts test/kernel/connection-end.test.ts \
        test/vm/guest/system-wide.test.ts
      # Not a third time between an older and a newer kernel: each takes minutes of CI.
      [ "$VM_KERNEL" = 6.12 ] || set -- "$@" \
        test/kernel/node-client-http2.test.ts test/kernel/plain-calls.test.ts \
        test/vm/guest/pick-up-of-all.test.ts test/vm/guest/filters-of-all.test.ts
      # The client's opening by kprobe; by socket states on the machine itself.
      [ "$VM_KERNEL" != 6.1 ] || set -- "$@" test/kernel/plain-both-ends.test.ts
      # From Linux 7.0 on, what plain captures probe may be preempted.
      [ "$VM_KERNEL" != sid ] || set -- "$@" test/kernel/plain-calls-busy.test.ts
      ;;
  esac
fi
# vitest itself would leave out in silence what is not there.
for path; do
  [ -e "$path" ] || {
    echo "kernel-tests.sh: $path is not there" >&2
    exit 1
  }
done

export KERNEL_REPORT="$VM_RESULTS/kernel.json"
exec node_modules/.bin/vitest run --config test/vm/guest/vitest.config.ts \
  --reporter=verbose --reporter=json --outputFile.json="$VM_RESULTS/vitest.json" "$@"

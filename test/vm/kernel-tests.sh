#!/bin/sh
# Runs in the VM: the tests of captures on a real kernel. Software emulation is
# ten to twenty times slower than the host, so every limit is wider.
exec node_modules/.bin/vitest run test/kernel/ --testTimeout=180000 --hookTimeout=180000 \
  --reporter=default --reporter=json --outputFile.json="$VM_RESULTS/vitest.json"

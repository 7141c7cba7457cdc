import { expect, test } from 'vitest';
import { runPlaincap } from '../run-plaincap.ts';

test.each([
  [['export', 'x.cbor', '-w', 'tcp://:1'], '-w tcp://:1 is for a capture; name a file or a FIFO'],
  [['capture', '-C', '1', '-w', '/dev/null'], '-C and -G rotate files: give -w FILE'],
  [['capture', '-G', '1'], '-C and -G rotate files: give -w FILE'],
])('%j', (args, message) => {
  const { exitCode, stderr } = runPlaincap(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `plaincap: ${message}\n` });
});

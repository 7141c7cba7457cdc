import { it } from 'vitest';
import { checkEveryCall, PROGRAM } from './every-call.ts';

/** With the program, more than there are CPUs: they preempt each other in whatever a call does. */
const BUSY = `
  for each in 1 2; do
    dd if=/dev/zero of=/dev/null bs=1 2>/dev/null & busy="$busy $!"
  done
  python3 "$0"
  code=$?
  kill $busy
  exit $code
`;

it('tells what each system call moved while others make them all the time', () =>
  checkEveryCall(['sh', '-c', BUSY, PROGRAM]));

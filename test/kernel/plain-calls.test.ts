import { it } from 'vitest';
import { checkEveryCall, PROGRAM } from './every-call.ts';

it('tells what each system call moved, byte by byte', () => checkEveryCall(['python3', PROGRAM]));

import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { plaincap } from './plaincap.ts';
import { type RecordedSession, readSessions } from './recorded-sessions.ts';
import { sha256 } from './sha256.ts';

/** Makes every system call that moves bytes of a TCP connection, and prints each. */
export const PROGRAM = join(import.meta.dirname, 'every_call.py');

type Fact = [end: string, direction: string, name: string, length: number, hash?: string];

/** Calls whose bytes the program never had in memory: a reason each. */
function lossesOf(facts: readonly Fact[]): string[] {
  const lost = new Map<string, { bytes: number; calls: number }>();
  for (const [, , name, length] of facts) {
    const { bytes, calls } = lost.get(name) ?? { bytes: 0, calls: 0 };
    lost.set(name, { bytes: bytes + length, calls: calls + 1 });
  }
  return [...lost].map(([reason, { bytes, calls }]) => {
    return `${reason}: ${bytes} bytes of ${calls} call${calls === 1 ? '' : 's'}`;
  });
}

/** Captures a command that runs `PROGRAM`, and fails unless every call of it is told as it was. */
export async function checkEveryCall(command: readonly string[]): Promise<void> {
  const folder = temporaryFolder();
  const recording = join(folder, 'calls.cbor');
  const pcapng = join(folder, 'calls.pcapng');
  const destinations = ['-w', recording, '-w', pcapng];
  const ended = await plaincap(['capture', '--plain', ...destinations, '--', ...command]);
  expect(ended).toMatchObject({ code: 0 });
  const [ports, ...facts] = ended.stdout
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line)) as [[number, number], ...Fact[]];
  expect(facts.length).toBeGreaterThan(90);

  const sessions = await readSessions(recording);
  expect(sessions).toHaveLength(2);
  for (const [number, end] of ['client', 'server'].entries()) {
    const session = sessions.find(({ localPort }) => localPort === ports[number]);
    expect(session).toMatchObject({
      protocol: 'plain',
      library: '',
      evidence: 'socket',
      role: end,
    });
    for (const direction of ['read', 'write'] as const) {
      const expected = facts.filter((fact) => fact[0] === end && fact[1] === direction);
      expect(callsOf(session as RecordedSession, direction)).toEqual(
        expected.filter(([, , , , hash]) => hash !== undefined).map(([, , ...call]) => call),
      );
      // Bytes that are lost have their place, too.
      const bytes = expected.reduce((sum, [, , , length]) => sum + length, 0);
      expect(session?.ended?.[direction === 'read' ? 'readPosition' : 'writePosition']).toBe(bytes);
    }
  }

  const lost = facts.filter(([, , , , hash]) => hash === undefined);
  const [, total, reasons] = /; (\d+) bytes lost \((.*)\)$/m.exec(ended.stderr) ?? [];
  expect(reasons?.split(', ').sort()).toEqual(lossesOf(lost).sort());
  expect(Number(total)).toBe(lost.reduce((sum, [, , , length]) => sum + length, 0));
}

/** [name, length, hash] of each call whose bytes are all there. */
function callsOf({ data }: RecordedSession, direction: 'read' | 'write'): unknown[] {
  const calls: { name: string; length: number; parts: Buffer[] }[] = [];
  let position = 0;
  const whole = data.filter((event) => event.direction === direction && event.bytes.length > 0);
  for (const each of whole) {
    if (each.callOffset === 0) {
      calls.push({ name: each.function, length: each.originalLength, parts: [] });
    }
    expect(each.position).toBeGreaterThanOrEqual(position);
    position = each.position + each.bytes.length;
    calls.at(-1)?.parts.push(each.bytes);
  }
  return calls.map(({ name, length, parts }) => [name, length, sha256(Buffer.concat(parts))]);
}

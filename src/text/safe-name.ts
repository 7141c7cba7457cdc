import { UNSAFE_CHARACTERS } from './unsafe-characters.ts';

/**
 * A name that a stranger chose (of a process, a function, a server), safe to show on one line:
 * bytes of what is not, are shown as `\x1b`.
 */
export function safeName(name: string): string {
  return name.replace(UNSAFE_CHARACTERS, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

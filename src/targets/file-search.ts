import { closeSync, openSync, readSync } from 'node:fs';

/** Text in a file of bytes. */
export interface Mark {
  /** What is searched for. */
  readonly text: string;
  /** What a place with it must match, from the text on and within `PLACE_BYTES`; as latin1. */
  readonly pattern: RegExp;
}

const CHUNK_BYTES = 4 * 1024 * 1024;
/** A place may stand across two chunks. */
const PLACE_BYTES = 256;
/** What stands beyond is not searched; no program is as long. */
const FILE_MAX_BYTES = 1024 * 1024 * 1024;

/** The first place in a file that matches one of the marks. Throws what the file system says. */
export function searchFile(path: string, marks: readonly Mark[]): RegExpExecArray | undefined {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(CHUNK_BYTES + PLACE_BYTES);
    for (let position = 0; position < FILE_MAX_BYTES; position += CHUNK_BYTES) {
      const length = readSync(fd, bytes, 0, bytes.length, position);
      const found = searchBytes(bytes.subarray(0, length), marks);
      if (found) return found;
      if (length < bytes.length) return undefined;
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function searchBytes(bytes: Buffer, marks: readonly Mark[]): RegExpExecArray | undefined {
  for (const { text, pattern } of marks) {
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      const place = bytes.toString('latin1', at, at + PLACE_BYTES);
      const match = pattern.exec(place);
      if (match?.index === 0) return match;
    }
  }
  return undefined;
}

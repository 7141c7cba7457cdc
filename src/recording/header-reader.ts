import type { CaptureHeader } from '../event.ts';
import { SELF_DESCRIBED_TAG } from './format.ts';
import { decodeHeader } from './header.ts';
import type { ItemBuffer } from './item-buffer.ts';
import { INCOMPLETE, itemEnd } from './item-end.ts';
import { RecordingError } from './recording-error.ts';

/**
 * Reads the header, and no more of the source than a chunk behind it.
 *
 * @throws RecordingError if the source does not begin with a header that this version reads.
 */
export async function readHeader(buffer: ItemBuffer): Promise<CaptureHeader> {
  await skipTag(buffer);
  for (;;) {
    const end = itemEnd(buffer.bytes, buffer.start, buffer.limit);
    if (end !== INCOMPLETE) {
      const header = decodeHeader(buffer.bytes.subarray(buffer.start, end));
      buffer.start = end;
      return header;
    }
    buffer.requireEnd();
    if (!(await buffer.fill())) throw new RecordingError('cut off in its header');
  }
}

/** Every recording begins with the tag, so other files are told from damaged recordings. */
async function skipTag(buffer: ItemBuffer): Promise<void> {
  while (buffer.length < SELF_DESCRIBED_TAG.length) {
    if (await buffer.fill()) continue;
    throw new RecordingError(buffer.length === 0 ? 'empty' : 'not a plaincap recording');
  }
  const begin = buffer.bytes.subarray(buffer.start, buffer.start + SELF_DESCRIBED_TAG.length);
  if (!SELF_DESCRIBED_TAG.every((byte, index) => byte === begin[index])) {
    throw new RecordingError('not a plaincap recording');
  }
  buffer.start += SELF_DESCRIBED_TAG.length;
}

import { SELF_DESCRIBED_TAG } from './format.ts';
import { INCOMPLETE, itemEnd } from './item-end.ts';

/**
 * End of the last item that is whole within the first `limit` of `bytes`, which begin with an
 * item: where to cut a recording that could not be written further. 0 if not even one is whole.
 */
export function itemBoundary(bytes: Uint8Array, limit: number): number {
  let boundary = 0;
  // Only the header has a tag.
  let start = bytes[0] === SELF_DESCRIBED_TAG[0] ? SELF_DESCRIBED_TAG.length : 0;
  while (start < limit) {
    start = itemEnd(bytes, start, limit);
    if (start === INCOMPLETE) break;
    boundary = start;
  }
  return boundary;
}

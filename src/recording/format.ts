/**
 * What makes a file a recording, in every version of the format. docs/recording.md is the whole
 * story; FORMAT_VERSION counts up with every change that an older reader would get wrong.
 */
import type { Event } from '../event.ts';

export const FORMAT_NAME = 'plaincap recording';
export const FORMAT_VERSION = 1;

/** RFC 8949 section 3.4.6: tag 55799 changes nothing, but its three bytes tell CBOR from the rest. */
export const SELF_DESCRIBED_TAG = Uint8Array.of(0xd9, 0xd9, 0xf7);

/**
 * First element of an item's array. `name` is no event: it tells the text that data events mean
 * by the next number, from 0 (their functions: SSL_read, SSL_write, ...).
 */
export const KIND_CODE = {
  name: 0,
  process: 1,
  connection: 2,
  session: 3,
  data: 4,
  'session-end': 5,
  close: 6,
  statistics: 7,
  handshake: 8,
  'handshake-failure': 9,
} as const satisfies Record<Event['kind'] | 'name', number>;

/**
 * An item is at most this long, so a reader needs no more memory whatever a damaged length says.
 * The longest that a capture makes is one record of the kernel's ring buffer.
 */
export const MAX_ITEM_BYTES = 16 * 1024 * 1024;

/** Ids, counts, lengths and positions: half of what a double counts exactly, to spare for sums. */
export const MAX_COUNT = 2 ** 52;

/**
 * No time or duration is longer: 104 days, the whole days whose nanoseconds a double counts
 * exactly (event.ts), with 6 hours to spare for sums.
 */
export const MAX_TIME_NS = 104 * 86_400 * 1e9;

/** Texts are at most this long, in UTF-16 code units: PATH_MAX of linux/limits.h. */
export const MAX_TEXT_LENGTH = 4096;

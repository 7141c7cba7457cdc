import type { Endpoint } from './endpoint.ts';

/** The addon's side: it writes frames whose head is a template, with other numbers in it. */
export interface NativeFrameRepeater {
  /** What the next call is about, in the order of FIELD. */
  readonly fields: Int32Array;
  /** Where data is from. */
  setSource(bytes: Uint8Array): void;
  /** Where frames are written to, and learned from. */
  setTarget(bytes: Uint8Array): void;
  /** @throws RangeError for what is beyond the target, or no head of a frame */
  learn(): void;
  /** @throws RangeError for what is beyond the arrays */
  repeat(): void;
}

const FIELD = {
  slot: 0,
  frameAt: 1,
  headLength: 2,
  suffixLength: 3,
  start: 4,
  length: 5,
  sequence: 6,
  acknowledgment: 7,
  identification: 8,
} as const;

/** Senders whose frames are known; of more, those known longest are forgotten. */
const MAX_SLOTS = 4096;

const NOTHING: Uint8Array = new Uint8Array();

/**
 * Segments of data that are like an earlier one of the same sender, in one call: headers, copy and
 * checksum of few bytes take longer one by one than all of it does in the addon.
 */
export class FrameRepeater {
  readonly #native: NativeFrameRepeater;
  readonly #fields: Int32Array;
  /** By slot: whose it is, and the bytes of its frames that are no data. */
  readonly #senders: Endpoint[] = [];
  readonly #overheads = new Int32Array(MAX_SLOTS);
  #nextSlot = 0;
  #source = NOTHING;
  #target = NOTHING;

  constructor(native: NativeFrameRepeater) {
    this.#native = native;
    this.#fields = native.fields;
  }

  knows(sender: Endpoint): boolean {
    return this.#senders[sender.slot] === sender;
  }

  /** Bytes of the sender's frames that are no data. */
  overheadOf(sender: Endpoint): number {
    return this.#overheads[sender.slot] as number;
  }

  /**
   * Takes the frame at `target[frameAt]` for what all of the sender are like.
   *
   * @param headLength bytes before the data; if any are behind TCP's header, the last two of them
   *   tell how many follow in the segment
   * @param suffixLength zeros behind the data
   */
  learn(
    sender: Endpoint,
    target: Uint8Array,
    frameAt: number,
    headLength: number,
    suffixLength: number,
  ): void {
    const slot = this.#nextSlot;
    this.#nextSlot = (slot + 1) % MAX_SLOTS;
    sender.slot = slot;
    this.#senders[slot] = sender;
    this.#overheads[slot] = headLength + suffixLength;
    const fields = this.#fields;
    fields[FIELD.slot] = slot;
    fields[FIELD.frameAt] = frameAt;
    fields[FIELD.headLength] = headLength;
    fields[FIELD.suffixLength] = suffixLength;
    this.#setTarget(target);
    this.#native.learn();
  }

  /** Writes a frame of a sender that it knows to `target[frameAt]` and on. */
  repeat(
    sender: Endpoint,
    acknowledgment: number,
    target: Uint8Array,
    frameAt: number,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): void {
    const fields = this.#fields;
    fields[FIELD.slot] = sender.slot;
    fields[FIELD.frameAt] = frameAt;
    fields[FIELD.start] = start;
    fields[FIELD.length] = length;
    fields[FIELD.sequence] = sender.nextSequence;
    fields[FIELD.acknowledgment] = acknowledgment;
    if (sender.isIpv4) fields[FIELD.identification] = sender.takeIdentification();
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#native.setSource(bytes);
    }
    this.#setTarget(target);
    this.#native.repeat();
  }

  #setTarget(target: Uint8Array): void {
    if (target === this.#target) return;
    this.#target = target;
    this.#native.setTarget(target);
  }
}

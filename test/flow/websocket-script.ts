import type { Direction, SessionEvent } from '../../src/event.ts';
import type { CaptureScript, SessionScript } from './capture-script.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  encodeFrame,
  type Frame,
  nameOf,
  PING,
  PONG,
  REQUEST,
  RESPONSE,
  TEXT,
} from './websocket-frames.ts';

export const MAX_EVENT_BYTES = 16_384;

/** The form that a conversation has in the file. */
export interface Form {
  remotePort: number;
  protocol: SessionEvent['protocol'];
  /** Whether frames of which parts are missing are shown. */
  isFilled: boolean;
}

const FRAMES: Frame[] = [
  { opcode: TEXT, length: 5 },
  { opcode: BINARY, length: 126 },
  { opcode: PING, length: 4 },
  { opcode: TEXT, length: 300, isFinal: false },
  { opcode: CONTINUATION, length: 20_000, isFinal: false },
  { opcode: PING, length: 3 },
  { opcode: CONTINUATION, length: 17_000 },
  { opcode: BINARY, length: 65_536 },
  { opcode: PONG, length: 125 },
  { opcode: TEXT, length: 0 },
  { opcode: BINARY, length: 1 },
  { opcode: TEXT, length: 66_000 },
  { opcode: TEXT, length: 7 },
  { opcode: CLOSE, length: 2 },
];

/** The frames that calls send. */
export const CALLS = [[0], [1], [2], [3], [4], [5], [6], [7], [8, 9, 10], [11], [12, 13]] as const;
const SINGLE_CALLS = FRAMES.map((_, index) => [index]);

export interface Loss {
  name: string;
  /** Whether an event is lost: of a call that begins with a frame, from an offset to another. */
  loses: (frame: number, at: number, end: number) => boolean;
  /** Where each frame's calls end before its end; else calls are as `CALLS` has them. */
  cuts?: readonly number[];
}

/** How much of a frame was told; of `part` a part of its header was, with the first byte. */
interface ToldFrame {
  name: string;
  told: 'whole' | 'header' | 'part' | 'nothing';
}

/** What was told of one direction of a conversation. */
export interface ToldEnd {
  name: string;
  form: Form;
  /** As `shownWebSocket` has it. */
  key: string;
  moved: number;
  lost: number;
  frames: ToldFrame[];
}

/** Tells a conversation but for what is lost of it. */
export function tellWebSocket(capture: CaptureScript, form: Form, loss: Loss): ToldEnd[] {
  const { remotePort, protocol } = form;
  const session = capture.session(capture.connection({ remotePort }), { protocol });
  const client = `10.1.0.${session.connection}`;
  const name = `${loss.name}, ${protocol} on port ${remotePort}`;
  const ends = (['write', 'read'] as const).map((direction) => ({
    direction,
    told: {
      name: `${name}: ${direction}`,
      form,
      key: direction === 'write' ? `${client} > 10.2.0.1` : `10.2.0.1 > ${client}`,
      moved: 0,
      lost: 0,
      frames: [] as ToldFrame[],
    },
  }));
  session.write(REQUEST);
  session.read(RESPONSE);
  for (const call of loss.cuts ? SINGLE_CALLS : CALLS) {
    for (const { direction, told } of ends) tellFrames(session, direction, call, loss, told);
  }
  for (const { direction, told } of ends) told.moved = session.positions[direction];
  session.end();
  capture.close(session.connection);
  return ends.map(({ told }) => told);
}

function tellFrames(
  session: SessionScript,
  direction: Direction,
  call: readonly number[],
  loss: Loss,
  end: ToldEnd,
): void {
  const frames = call.map((index) => FRAMES[index] as Frame);
  const sent = frames.map((frame) => encodeFrame(frame, direction === 'write'));
  const told = tellBytes(session, direction, Buffer.concat(sent), call[0] as number, loss);
  end.lost += told.filter((each) => each === 0).length;
  let at = 0;
  for (const [index, { opcode, length }] of frames.entries()) {
    const bytes = told.subarray(at, at + (sent[index] as Buffer).length);
    end.frames.push({ name: nameOf(opcode, length), told: toldOf(bytes, bytes.length - length) });
    at += bytes.length;
  }
}

/** Returns 1 for each byte that was told, 0 for each that was lost. */
function tellBytes(
  session: SessionScript,
  direction: Direction,
  bytes: Buffer,
  frame: number,
  { loses, cuts = [] }: Loss,
): Uint8Array {
  const told = new Uint8Array(bytes.length);
  let callAt = 0;
  for (const callEnd of [...cuts.filter((cut) => cut < bytes.length), bytes.length]) {
    for (let at = callAt; at < callEnd; at += MAX_EVENT_BYTES) {
      const end = Math.min(at + MAX_EVENT_BYTES, callEnd);
      if (loses(frame, at, end)) {
        session.lose(direction, end - at);
      } else {
        session[direction](bytes.subarray(at, end), { callOffset: at - callAt });
        told.fill(1, at, end);
      }
    }
    callAt = callEnd;
  }
  return told;
}

function toldOf(told: Uint8Array, headerLength: number): ToldFrame['told'] {
  if (!told.includes(0)) return 'whole';
  const header = told.subarray(0, headerLength);
  if (!header.includes(0)) return 'header';
  return header[0] === 1 ? 'part' : 'nothing';
}

import { isUtf8 } from 'node:buffer';
import type { CaptureHeader, DataEvent, Event, EventHandler } from '../event.ts';
import type { Shortfall } from '../summary.ts';
import { decodeIpAddress, formatIpAddress } from '../tcp/ip-address.ts';
import { cipherSuiteName, versionName } from '../tls-names/tls-names.ts';
import { SessionTable } from './session-table.ts';
import { type TextOutput, writeText } from './text-output.ts';
import { UNSAFE_CHARACTERS } from './unsafe-characters.ts';
import { WallClock } from './wall-clock.ts';

/**
 * Shows events to programs, all of them: a JSON object a line (JSON Lines), which docs/print.md
 * describes. Remembers what is live, and the processes, but no data.
 */
export class JsonPrinter {
  readonly #output: TextOutput;
  readonly #clock: WallClock;
  readonly #table: SessionTable;

  constructor({ start, ...header }: CaptureHeader, output: TextOutput) {
    this.#table = new SessionTable(header.snaplen);
    this.#output = output;
    this.#clock = new WallClock(start.epochNs);
    this.#write({ kind: 'capture', time: this.#clock.timestamp(0), ...header });
  }

  /** @throws Error for an event that names a process or session of which none told. */
  readonly handle: EventHandler = (event: Event) => {
    this.#table.tell(event);
    if (event.kind === 'data') {
      this.#write(this.#dataObject(event));
    } else {
      const { kind, ktimeNs, ...fields } = event;
      const time = this.#clock.timestamp(ktimeNs);
      this.#write({ kind, time, ktimeNs, ...fields, ...this.#added(event) });
    }
    this.#table.forget(event);
  };

  /** Called once, after the last event. */
  readonly end = (): Shortfall => ({ lostBytes: this.#table.lostBytes, leftOutBytes: 0 });

  /** In one literal, as most of the lines are such. */
  #dataObject(event: DataEvent): object {
    const { payload, payloadStart, capturedLength } = event;
    const session = this.#table.session(event.session);
    const start = payload.byteOffset + payloadStart;
    const bytes = Buffer.from(payload.buffer, start, capturedLength);
    return {
      kind: event.kind,
      time: this.#clock.timestamp(event.ktimeNs),
      ktimeNs: event.ktimeNs,
      durationNs: event.durationNs,
      session: event.session,
      pid: event.pid,
      tid: event.tid,
      comm: this.#table.comm(event.pid),
      direction: event.direction,
      function: event.function,
      local: session.connection?.local ?? null,
      remote: session.connection?.remote ?? null,
      evidence: session.evidence,
      position: event.position,
      lostBefore: this.#table.advance(event),
      callOffset: event.callOffset,
      originalLength: event.originalLength,
      capturedLength,
      // JSON leaves out what is undefined.
      text: isUtf8(bytes) ? bytes.toString() : undefined,
      data: bytes.toString('base64'),
    };
  }

  /** What stands in the object of another event beside its own fields, or instead of one. */
  #added(event: Exclude<Event, DataEvent>): object {
    switch (event.kind) {
      case 'connection':
        return {
          localAddress: formatIpAddress(decodeIpAddress(event.localAddress)),
          remoteAddress: formatIpAddress(decodeIpAddress(event.remoteAddress)),
        };
      case 'session':
        return this.#whose(event);
      case 'handshake':
      case 'handshake-failure':
        return {
          versionName: versionName(event.version),
          cipherSuiteName: cipherSuiteName(event.cipherSuite),
          ...this.#whose(event),
        };
      case 'session-end': {
        const lost = this.#table.lostAtEnd(event);
        return { lostReading: lost.read, lostWriting: lost.write };
      }
      default:
        return {};
    }
  }

  /** The process, and the session's connection: null where it is not known. */
  #whose({ pid, session: id }: { pid: number; session: number }): object {
    const { connection, evidence } = this.#table.session(id);
    const { local = null, remote = null } = connection ?? {};
    return { comm: this.#table.comm(pid), local, remote, evidence };
  }

  /** What JSON leaves as it is and a terminal might obey can only be in its strings. */
  #write(object: object): void {
    const line = JSON.stringify(object).replace(UNSAFE_CHARACTERS, unicodeEscapes);
    writeText(this.#output, `${line}\n`);
  }
}

/** `\u202e`; of a character of two code units, one of each. */
function unicodeEscapes(character: string): string {
  return character.replace(
    /[\s\S]/g,
    (codeUnit) => `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

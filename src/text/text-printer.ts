import type {
  CaptureHeader,
  CloseEvent,
  ConnectionEvent,
  DataEvent,
  Direction,
  Event,
  EventHandler,
  HandshakeEvent,
  HandshakeFailureEvent,
  SessionEndEvent,
  SessionEvent,
} from '../event.ts';
import type { Shortfall } from '../summary.ts';
import { type Caller, callLine, flowOf, handshakeLine, titleLine } from './call-line.ts';
import { handshakeFacts } from './handshake-facts.ts';
import { HexRows } from './hex-rows.ts';
import { Page } from './page.ts';
import { PayloadText } from './payload-text.ts';
import { safeName } from './safe-name.ts';
import { SessionTable, type ShownConnection, type ShownSession } from './session-table.ts';
import { type TextOutput, writeText } from './text-output.ts';
import type { TextStyle } from './text-style.ts';
import { WallClock } from './wall-clock.ts';

/**
 * Shows events to people: a line a call, then its data. What else is to tell stands in remarks,
 * lines that begin with `-- `. Remembers what is live, and the processes, but no data.
 */
export class TextPrinter {
  readonly #style: TextStyle;
  readonly #clock: WallClock;
  readonly #page: Page;
  readonly #table: SessionTable;

  constructor({ start, snaplen }: CaptureHeader, output: TextOutput, style: TextStyle) {
    this.#table = new SessionTable(snaplen);
    this.#style = style;
    this.#clock = new WallClock(start.epochNs);
    const form = style.hexdump ? new HexRows() : new PayloadText();
    this.#page = new Page(output, this.#clock, form, snaplen);
    writeText(output, titleLine(style));
  }

  /** @throws Error for an event that names a process or session of which none told. */
  readonly handle: EventHandler = (event: Event) => {
    const earlier = event.kind === 'session' ? this.#shownFlow(event.session) : undefined;
    this.#table.tell(event);
    if (event.kind === 'data') this.#showData(event);
    else if (event.kind === 'session') this.#showSession(event, earlier);
    else if (event.kind === 'session-end') this.#showSessionEnd(event);
    else if (isHandshake(event) && this.#style.handshake) this.#showHandshake(event);
    else if (event.kind === 'connection' && this.#style.connections) this.#showOpening(event);
    else if (event.kind === 'close' && this.#style.connections) this.#showClose(event);
    this.#table.forget(event);
  };

  /** Called once, after the last event. */
  readonly end = (): Shortfall => {
    this.#page.end();
    return { lostBytes: this.#table.lostBytes, leftOutBytes: 0 };
  };

  #showData(event: DataEvent): void {
    const session = this.#table.session(event.session);
    const goesOn = session.progress(event.direction).goesOn(event);
    const lost = this.#table.advance(event);
    if (!goesOn || !this.#page.isOpenFor(event)) {
      this.#showLoss(event.ktimeNs, session, event.direction, lost);
      if (goesOn) this.#showGoingOn(event, session);
      else this.#page.line(event.ktimeNs, callLine(event, this.#caller(event), this.#style));
    }
    this.#page.data(event);
  }

  /** Something else was shown since the call's last data. */
  #showGoingOn(event: DataEvent, session: ShownSession): void {
    const caller = this.#nameOf(event.pid);
    const flow = flowOf(session, event.direction === 'write');
    this.#page.remark(event.ktimeNs, `${safeName(event.function)} of ${caller} goes on, ${flow}`);
  }

  #showLoss(ktimeNs: number, session: ShownSession, direction: Direction, bytes: number): void {
    if (bytes === 0) return;
    const flow = flowOf(session, direction === 'write');
    const what = `${bytes} byte${bytes === 1 ? '' : 's'} lost here`;
    this.#page.remark(ktimeNs, `${what}, ${flow}, ${this.#nameOf(session.pid)}`);
  }

  #showHandshake(event: HandshakeEvent | HandshakeFailureEvent): void {
    const text = handshakeLine(event, this.#caller(event), handshakeFacts(event), this.#style);
    this.#page.line(event.ktimeNs, text);
  }

  /**
   * Also unasked if data of the session was shown with other addresses.
   *
   * @param earlier what was shown as its connection
   */
  #showSession(event: SessionEvent, earlier: string | undefined): void {
    const session = this.#table.session(event.session);
    const isNews = earlier !== undefined && earlier !== flowOf(session, true);
    if (!isNews && !this.#style.connections) return;
    const library = event.library === '' ? '' : `, ${safeName(event.library)}`;
    const who = `session ${session.id} of ${this.#nameOf(session.pid)}${library}`;
    const { connection } = session;
    const where = connection ? `${endsOf(connection)} (${event.evidence})` : 'unknown connection';
    this.#page.remark(event.ktimeNs, `${who}: ${where}`);
  }

  #showSessionEnd(event: SessionEndEvent): void {
    const session = this.#table.session(event.session);
    const lost = this.#table.lostAtEnd(event);
    this.#showLoss(event.ktimeNs, session, 'read', lost.read);
    this.#showLoss(event.ktimeNs, session, 'write', lost.write);
  }

  #showOpening({ ktimeNs, connection: id, role, seenOpening }: ConnectionEvent): void {
    const connection = this.#table.connection(id) as ShownConnection;
    const opener = role === 'server' ? connection.remote : connection.local;
    const by = role === 'unknown' ? '' : ` by ${opener}`;
    const what = seenOpening ? `opened${by}` : `opened before the capture${by}`;
    this.#page.remark(ktimeNs, `connection ${endsOf(connection)} ${what}`);
  }

  #showClose({ ktimeNs, connection: id, cause, by, finBy }: CloseEvent): void {
    const connection = this.#table.connection(id);
    if (connection === undefined) return;
    const what = cause === 'fin' ? 'closed (FIN)' : 'aborted (RST)';
    const fin = cause === 'fin' || finBy === 'none' ? '' : `, after a FIN of ${connection[finBy]}`;
    this.#page.remark(
      ktimeNs,
      `connection ${endsOf(connection)} ${what} by ${connection[by]}${fin}`,
    );
  }

  #caller({ ktimeNs, pid, session }: Pick<DataEvent, 'ktimeNs' | 'pid' | 'session'>): Caller {
    return {
      time: this.#clock.time(ktimeNs),
      comm: this.#table.comm(pid),
      session: this.#table.session(session),
    };
  }

  /** `curl (4711)`. */
  #nameOf(pid: number): string {
    return `${safeName(this.#table.comm(pid))} (${pid})`;
  }

  /** What was shown as the connection of a session's data; undefined if none was shown. */
  #shownFlow(id: number): string | undefined {
    const session = this.#table.knownSession(id);
    return session?.hasData ? flowOf(session, true) : undefined;
  }
}

function isHandshake(event: Event): event is HandshakeEvent | HandshakeFailureEvent {
  return event.kind === 'handshake' || event.kind === 'handshake-failure';
}

function endsOf({ local, remote }: ShownConnection): string {
  return `${local} <-> ${remote}`;
}

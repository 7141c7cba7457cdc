import type { DataEvent, Direction, SessionEndEvent } from '../event.ts';
import { httpVersionOf } from '../http-sniff/sniff-start.ts';
import { cutBehind } from '../snaplen.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { FileForm } from './file-form.ts';
import type { Flow } from './flow.ts';
import { HeldStart, type SessionStart } from './held-start.ts';
import type { InterfaceTable } from './interface-table.ts';
import type { OpenFlows } from './open-flows.ts';
import type { Process, ProcessTable } from './process-table.ts';
import type { Session } from './session.ts';
import type { Summary } from './summary.ts';

/** So many sessions may hold their begin, each 64 KiB. */
const MAX_HOLDING = 1024;

/** A greater gap is not written: another stream goes on behind it. */
const MAX_WRITTEN_GAP = 64 * 1024 * 1024;
/** The same where the reader had no room: zeros would not be what it needs. */
const MAX_MISSED_GAP = 1024 * 1024;

/** What a session's writer looks things up in. */
export interface SessionWriterTables {
  readonly processes: ProcessTable;
  readonly interfaces: InterfaceTable;
  readonly connections: ConnectionTable;
  readonly flows: OpenFlows;
}

/** Writes what sessions carry, and what is missing of it, to their flows. */
export class SessionWriter {
  readonly #tables: SessionWriterTables;
  readonly #side: FileForm['side'];
  readonly #summary: Summary;
  /** Sessions that hold their begin. */
  readonly #holding = new Set<Session>();

  constructor(tables: SessionWriterTables, { side }: FileForm, summary: Summary) {
    this.#tables = tables;
    this.#side = side;
    this.#summary = summary;
  }

  /** Writes the event, or holds it until it is known how the session begins. */
  write(session: Session, event: DataEvent): void {
    if (session.start === undefined) {
      session.held ??= new HeldStart();
      const bytes = session.held.sniff(event, session.isLate || event.position > 0);
      if (bytes === undefined) {
        session.held.hold(event);
        this.#holding.add(session);
        this.#writeSurplus();
        return;
      }
      this.#begin(session, { bytes, direction: event.direction });
    }
    this.#writeData(session, event);
  }

  /** Writes what is held of a session of which nothing may come that tells how it begins. */
  writeHeld(session: Session): void {
    if (session.held) this.#begin(session, { bytes: 'other', direction: 'write' });
  }

  /** Takes note of data that is not written, as the reader has no room for it. */
  miss(session: Session, event: DataEvent): void {
    const { direction, position, capturedLength } = event;
    const state = session.direction(direction);
    state.reach(position);
    state.missed += capturedLength + cutBehind(event, session.snaplen);
  }

  /** Writes what the session lost after its last data. */
  writeTail(session: Session, { ktimeNs, readPosition, writePosition }: SessionEndEvent): void {
    session.reads.reach(readPosition);
    session.writes.reach(writePosition);
    this.#writeGap(session, session.process, ktimeNs, 'read', readPosition, 'atEnd');
    this.#writeGap(session, session.process, ktimeNs, 'write', writePosition, 'atEnd');
  }

  #begin(session: Session, start: SessionStart): void {
    const version = httpVersionOf(start.bytes);
    session.reads.begin(version, session.isLate);
    session.writes.begin(version, session.isLate);
    const events = session.held?.events ?? [];
    session.start = start;
    session.held = undefined;
    this.#holding.delete(session);
    for (const event of events) this.#writeData(session, event);
  }

  #writeSurplus(): void {
    if (this.#holding.size <= MAX_HOLDING) return;
    const [longest] = this.#holding;
    if (longest) this.writeHeld(longest);
  }

  #writeData(session: Session, event: DataEvent): void {
    const { pid } = event;
    const process = pid === session.process.pid ? session.process : this.#tables.processes.get(pid);
    this.#writeCaptured(session, process, event);
    const cut = cutBehind(event, session.snaplen);
    if (cut > 0) this.#writeCut(session, process, event, cut);
  }

  #writeCaptured(session: Session, process: Process, event: DataEvent): void {
    const { direction, position, payload } = event;
    const state = session.direction(direction);
    state.reach(position);
    const skipped = state.skip(event);
    const length = event.capturedLength - skipped;
    // All of it is skipped. An event without bytes only tells that those before it are missing.
    if (length === 0 && event.capturedLength > 0) return;

    const ktimeNs = movedNs(event, session);
    // Data after the end of its stream is of another one.
    if (session.flow !== 'mirrored' && session.flow?.isOpen === false) session.flow = undefined;
    if (position + skipped > state.end) {
      const place = state.end === 0 ? 'atStart' : 'between';
      this.#writeGap(session, process, ktimeNs, direction, position + skipped, place);
    }
    if (length === 0) return;
    const flow = this.#flowAt(session, process, ktimeNs);
    const start = event.payloadStart + skipped;
    if (flow === 'mirrored') {
      this.#summary.mirroredBytes += length;
    } else {
      flow.write(direction, payload, start, length);
      if (direction === 'read') this.#summary.bytes.read += length;
      else this.#summary.bytes.write += length;
    }
    state.advance(payload, start, length);
  }

  /** At once, as the other end may answer to it. */
  #writeCut(session: Session, process: Process, event: DataEvent, cut: number): void {
    const { direction, position, capturedLength } = event;
    session.direction(direction).cutOff(cut);
    const end = position + capturedLength + cut;
    this.#writeGap(session, process, movedNs(event, session), direction, end, 'between', cut);
  }

  /**
   * Writes that the bytes up to `position` are missing, if any are.
   *
   * @param cut how many of them are so on purpose
   */
  #writeGap(
    session: Session,
    process: Process,
    ktimeNs: number,
    direction: Direction,
    position: number,
    place: keyof Summary['lostBytes'],
    cut = 0,
  ): void {
    const state = session.direction(direction);
    const gap = position - state.end;
    if (gap <= 0) return;
    const { leftOut, contentLeft, isWebSocket } = state;
    const missed = Math.min(state.missed, gap - leftOut - cut);
    const lost = gap - leftOut - cut - missed;
    const reason = gapReason({ lost, missed, leftOut, cut, mayHideHeaders: state.breaksAt(gap) });
    const isMissedEnd = missed > 0 && place === 'atEnd';
    // The reader has no room: nothing tells of a session that began and ended meanwhile.
    if (isMissedEnd && session.flow === undefined) return;
    const maxGap = missed > 0 ? MAX_MISSED_GAP : MAX_WRITTEN_GAP;
    // What is cut off is so in call after call, and with it the begins of what follows: these streams
    // would be too many to read.
    const breaks = lost + missed > 0 && state.breaksAt(gap);
    const isEnd = isMissedEnd || (breaks && place === 'atEnd');
    const isRestart = (gap > maxGap || breaks) && !isEnd && this.#leave(session);
    if (isRestart) {
      state.leaveStream();
      session.direction(direction === 'read' ? 'write' : 'read').restart();
    }
    const remark = isRestart ? `${reason}, ${senderOf(session, direction)}` : undefined;
    const flow = this.#flowAt(session, process, ktimeNs, remark);
    if (flow !== 'mirrored') {
      if (isEnd) flow.tell(direction, reason);
      else if (!isRestart) flow.writeGap(direction, gap, reason, contentLeft, isWebSocket);
      if (lost > 0) this.#tables.interfaces.countGap(this.#interfaceOf(process, session));
      this.#summary.lostBytes[place] += lost;
      this.#summary.leftOutBytes += leftOut;
    }
    state.skipTo(position);
  }

  /** The session's flow, at a process and a time; begun if there is none. */
  #flowAt(session: Session, process: Process, ktimeNs: number, remark?: string): Flow | 'mirrored' {
    session.flow ??= this.#open(session, process, ktimeNs, remark);
    if (session.flow !== 'mirrored') {
      session.flow.moveTo(this.#interfaceOf(process, session), ktimeNs);
      this.#tables.flows.use(session.flow);
    }
    return session.flow;
  }

  #open(session: Session, process: Process, ktimeNs: number, remark?: string): Flow | 'mirrored' {
    const isSecondEnd = this.#tables.connections.isSecondEnd(session);
    if (isSecondEnd && this.#side !== 'both') return 'mirrored';
    const interfaceId = this.#interfaceOf(process, session);
    const flow = this.#tables.flows.open(session, interfaceId, ktimeNs, remark);
    if (flow.origin.connection?.streams === 1) this.#summary.connections++;
    if (!session.connection && session.streams === 1) this.#summary.unknownConnectionSessions++;
    return flow;
  }

  #interfaceOf(process: Process, session: Session): number {
    return this.#tables.interfaces.idOf(process, session.library);
  }

  /** Lets the session go on in another stream, unless it has none that could go on. */
  #leave(session: Session): boolean {
    const { flow } = session;
    if (flow === 'mirrored' || flow?.isOpen === false) return false;
    if (flow) this.#tables.flows.abandon(flow);
    session.flow = undefined;
    return true;
  }
}

/**
 * When bytes were moved: those read, when the call returned; those written, when it began, as the
 * peer may have them before it returns, but not before the connection was there.
 */
function movedNs({ direction, ktimeNs, durationNs }: DataEvent, { connection }: Session): number {
  if (direction === 'read') return ktimeNs;
  return Math.max(ktimeNs - durationNs, connection?.openedNs ?? Number.NEGATIVE_INFINITY);
}

/** A SYN does not tell whose bytes its comment is of. */
function senderOf({ isClient }: Session, direction: Direction): string {
  return `of what the ${(direction === 'write') === isClient ? 'client' : 'server'} sent`;
}

/** Of a gap, by why bytes are missing. */
interface MissingBytes {
  readonly lost: number;
  readonly missed: number;
  readonly leftOut: number;
  readonly cut: number;
  /** Whether HTTP/2 headers may be among them. */
  readonly mayHideHeaders: boolean;
}

function gapReason({ lost, missed, leftOut, cut, mayHideHeaders }: MissingBytes): string {
  const reasons: string[] = [];
  if (lost > 0) reasons.push(`${lost} bytes lost here`);
  if (missed > 0) reasons.push(`${missed} bytes missed here, as they were not read in time`);
  if (leftOut > 0) reasons.push(`${leftOut} bytes left out here, a part of a message`);
  if (cut > 0) reasons.push(`${cut} bytes cut off here by --snaplen`);
  const warning = '; if HTTP/2 headers are among them, later ones may be shown wrong';
  return reasons.join(', ') + (cut > 0 && mayHideHeaders ? warning : '');
}

import type { DataEvent, Direction, SessionEndEvent } from '../event.ts';
import { httpVersionOf } from '../http-sniff/sniff-start.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Flow } from './flow.ts';
import { HeldStart, type SessionStart } from './held-start.ts';
import type { InterfaceTable } from './interface-table.ts';
import type { OpenFlows } from './open-flows.ts';
import type { Process, ProcessTable } from './process-table.ts';
import type { Session } from './session.ts';
import type { Summary } from './summary.ts';

/** A greater gap is not written: another stream goes on behind it. */
const MAX_WRITTEN_GAP = 64 * 1024 * 1024;

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
  readonly #summary: Summary;

  constructor(tables: SessionWriterTables, summary: Summary) {
    this.#tables = tables;
    this.#summary = summary;
  }

  /** Writes the event, or holds it until it is known how the session begins. */
  write(session: Session, event: DataEvent): void {
    if (session.start === undefined) {
      session.held ??= new HeldStart();
      const bytes = session.held.sniff(event, session.isLate || event.position > 0);
      if (bytes === undefined) {
        session.held.hold(event);
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

  /** Writes what the session lost after its last data. */
  writeTail(session: Session, { ktimeNs, readPosition, writePosition }: SessionEndEvent): void {
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
    for (const event of events) this.#writeData(session, event);
  }

  #writeData(session: Session, event: DataEvent): void {
    const { direction, position, payload, ktimeNs, pid } = event;
    const state = session.direction(direction);
    const skipped = state.skip(event);
    const length = event.capturedLength - skipped;
    // All of it is skipped. An event without bytes only tells that those before it are missing.
    if (length === 0 && event.capturedLength > 0) return;

    const process = pid === session.process.pid ? session.process : this.#tables.processes.get(pid);
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

  /** Writes that the bytes up to `position` are missing, if any are. */
  #writeGap(
    session: Session,
    process: Process,
    ktimeNs: number,
    direction: Direction,
    position: number,
    place: keyof Summary['lostBytes'],
  ): void {
    const state = session.direction(direction);
    const gap = position - state.end;
    if (gap <= 0) return;
    const { leftOut, frameLeft } = state;
    const lost = gap - leftOut;
    const reason = gapReason(lost, leftOut);
    const cannotGoOn = place === 'between' && state.isInHeaderBlock;
    const isRestart = (gap > MAX_WRITTEN_GAP || cannotGoOn) && this.#leave(session);
    if (isRestart) session.direction(direction === 'read' ? 'write' : 'read').restart();
    const remark = isRestart ? `${reason}, ${senderOf(session, direction)}` : undefined;
    const flow = this.#flowAt(session, process, ktimeNs, remark);
    if (flow !== 'mirrored') {
      if (!isRestart) flow.writeGap(direction, gap, reason, frameLeft);
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
    }
    return session.flow;
  }

  #open(session: Session, process: Process, ktimeNs: number, remark?: string): Flow | 'mirrored' {
    if (this.#tables.connections.isMirrored(session)) return 'mirrored';
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

/** A SYN does not tell whose bytes its comment is of. */
function senderOf({ isClient }: Session, direction: Direction): string {
  return `of what the ${(direction === 'write') === isClient ? 'client' : 'server'} sent`;
}

function gapReason(lost: number, leftOut: number): string {
  const reasons: string[] = [];
  if (lost > 0) reasons.push(`${lost} bytes lost here`);
  if (leftOut > 0) reasons.push(`${leftOut} bytes left out here, a part of a message`);
  return reasons.join(', ');
}

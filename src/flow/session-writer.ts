import type { DataEvent, Direction, SessionEndEvent } from '../event.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Flow } from './flow.ts';
import { HeldStart, type SessionStart } from './held-start.ts';
import type { OpenFlows } from './open-flows.ts';
import type { Process, ProcessTable } from './process-table.ts';
import type { Session } from './session.ts';
import type { Summary } from './summary.ts';

/** A greater gap is not written: another stream goes on behind it. */
const MAX_WRITTEN_GAP = 64 * 1024 * 1024;

/** Writes what sessions carry, and what they lost of it, to their flows. */
export class SessionWriter {
  readonly #processes: ProcessTable;
  readonly #connections: ConnectionTable;
  readonly #flows: OpenFlows;
  readonly #summary: Summary;

  constructor(
    processes: ProcessTable,
    connections: ConnectionTable,
    flows: OpenFlows,
    summary: Summary,
  ) {
    this.#processes = processes;
    this.#connections = connections;
    this.#flows = flows;
    this.#summary = summary;
  }

  /** Writes the event, or holds it until it is known how the session begins. */
  write(session: Session, event: DataEvent): void {
    if (event.capturedLength === 0) return;
    if (session.start === undefined) {
      session.held ??= new HeldStart();
      const bytes = session.held.sniff(event);
      if (bytes === 'incomplete') {
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
    const events = session.held?.events ?? [];
    session.start = start;
    session.held = undefined;
    for (const event of events) this.#writeData(session, event);
  }

  #writeData(session: Session, event: DataEvent): void {
    const { direction, position, capturedLength, ktimeNs } = event;
    const process =
      event.pid === session.process.pid ? session.process : this.#processes.get(event.pid);
    const end = session.ends[direction];
    if (session.flow !== 'mirrored' && session.flow?.isOpen === false) session.flow = undefined;
    if (position > end) {
      const place = end === 0 ? 'atStart' : 'between';
      this.#writeGap(session, process, ktimeNs, direction, position, place);
    }
    // What another thread's event overtook stands in the file as lost.
    const overtaken = Math.max(end - position, 0);
    const length = capturedLength - overtaken;
    if (length <= 0) return;

    const flow = this.#flow(session, process, ktimeNs);
    session.ends[direction] += length;
    if (flow === 'mirrored') {
      this.#summary.mirroredBytes += length;
    } else {
      flow.write(direction, event.payload, event.payloadStart + overtaken, length);
      this.#summary.bytes[direction] += length;
    }
  }

  /** Writes that the bytes up to `position` are lost, if any are. */
  #writeGap(
    session: Session,
    process: Process,
    ktimeNs: number,
    direction: Direction,
    position: number,
    place: keyof Summary['lostBytes'],
  ): void {
    const gap = position - session.ends[direction];
    if (gap <= 0) return;
    const isTooLong = gap > MAX_WRITTEN_GAP;
    if (isTooLong) this.#leave(session);
    const isNew = session.flow === undefined;
    const remark = isTooLong ? `${gap} bytes lost before it` : undefined;
    const flow = this.#flow(session, process, ktimeNs, remark);
    session.ends[direction] = position;
    if (flow === 'mirrored') return;
    if (!isNew || !isTooLong) flow.writeGap(direction, gap);
    this.#summary.lostBytes[place] += gap;
    this.#processes.countGap(process);
  }

  /** The session's flow, at a process and a time; begun if there is none. */
  #flow(session: Session, process: Process, ktimeNs: number, remark?: string): Flow | 'mirrored' {
    session.flow ??= this.#open(session, process, ktimeNs, remark);
    if (session.flow !== 'mirrored') {
      session.flow.moveTo(this.#processes.interfaceOf(process, session.library), ktimeNs);
    }
    return session.flow;
  }

  #open(session: Session, process: Process, ktimeNs: number, remark?: string): Flow | 'mirrored' {
    if (this.#connections.isMirrored(session)) return 'mirrored';
    const interfaceId = this.#processes.interfaceOf(process, session.library);
    const flow = this.#flows.open(session, interfaceId, ktimeNs, remark);
    if (flow.origin.connection?.streams === 1) this.#summary.connections++;
    if (!session.connection && session.streams === 1) this.#summary.unknownConnectionSessions++;
    return flow;
  }

  /** Lets the session go on in another stream. */
  #leave(session: Session): void {
    if (session.flow === undefined || session.flow === 'mirrored' || !session.flow.isOpen) return;
    this.#flows.abandon(session.flow);
    session.flow = undefined;
  }
}

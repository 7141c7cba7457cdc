import type { DataEvent, HandshakeEvent, HandshakeFailureEvent } from '../event.ts';
import { safeName } from './safe-name.ts';
import type { ShownSession } from './session-table.ts';
import type { TextStyle } from './text-style.ts';

const LATENCY = 'LAT(ms)';

/** Columns as users of sslsniff know them, with the least width of each. */
const COLUMNS = [
  { title: 'FUNC', width: 18 },
  { title: 'TIME', width: 15 },
  { title: 'COMM', width: 16 },
  { title: 'PID', width: 7 },
  { title: 'TID', width: 7 },
  { title: 'LEN', width: 8 },
  { title: LATENCY, width: 8 },
  { title: 'CONNECTION', width: 0 },
] as const;

/** What a line has beside the event: not safe yet. */
export interface Caller {
  /** As the wall clock had it. */
  readonly time: string;
  readonly comm: string;
  readonly session: ShownSession;
}

/** The columns' titles. */
export function titleLine(style: TextStyle): string {
  return columns(
    COLUMNS.map(({ title }) => title),
    style,
  );
}

/** The line of a call that moved data. */
export function callLine(event: DataEvent, caller: Caller, style: TextStyle): string {
  const flow = flowOf(caller.session, event.direction === 'write');
  return columns(cells(event, caller, String(event.originalLength), flow), style);
}

/** The line of a handshake, from the client to the server, with `facts` at its end. */
export function handshakeLine(
  event: HandshakeEvent | HandshakeFailureEvent,
  caller: Caller,
  facts: string,
  style: TextStyle,
): string {
  const flow = flowOf(caller.session, event.role !== 'server');
  return columns(cells(event, caller, '-', `${flow} ${facts}`), style);
}

/** A session's connection as tcpdump spells it, the sender first. */
export function flowOf({ id, connection }: ShownSession, isOutbound: boolean): string {
  if (connection === undefined) return `unknown connection (session ${id})`;
  const { local, remote } = connection;
  return isOutbound ? `${local} > ${remote}` : `${remote} > ${local}`;
}

/** `0.027`. */
export function milliseconds(ns: number): string {
  return (ns / 1e6).toFixed(3);
}

function cells(
  event: DataEvent | HandshakeEvent | HandshakeFailureEvent,
  { time, comm }: Caller,
  length: string,
  flow: string,
): string[] {
  const { pid, tid, durationNs } = event;
  const names = [safeName(event.function), time, safeName(comm)];
  return [...names, String(pid), String(tid), length, milliseconds(durationNs), flow];
}

function columns(texts: readonly string[], { latency }: TextStyle): string {
  let line = '';
  for (let i = 0; i < COLUMNS.length; i++) {
    const { title, width } = COLUMNS[i] as (typeof COLUMNS)[number];
    if (title !== LATENCY || latency) line += `${(texts[i] as string).padEnd(width)} `;
  }
  return `${line.trimEnd()}\n`;
}

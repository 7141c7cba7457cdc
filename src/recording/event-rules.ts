import type { CaptureHeader, Event } from '../event.ts';
import { FLOW_LIMITS, type FlowLimits } from '../flow/flow-limits.ts';
import { MAX_TIME_NS } from './format.ts';
import { RecordingError } from './recording-error.ts';

/**
 * What event.ts says of events among each other, for those who rely on it: a process or session is
 * told before other events name it, and a session is not named after its end. Remembers processes
 * and live sessions only; when they were too many for that, it takes unknown ones for forgotten.
 */
export class EventRules {
  /** 1970-01-01: no wall clock time is earlier, not even that of a call's begin. */
  readonly #leastKtimeNs: number;
  readonly #pids: ToldIds;
  readonly #sessions: ToldIds;
  /** What the last event named, as the next one usually does. */
  #lastPid = -1;
  #lastSession = -1;

  constructor(
    { start }: Pick<CaptureHeader, 'start'>,
    limits: Pick<FlowLimits, 'processes' | 'sessions'> = FLOW_LIMITS,
  ) {
    this.#pids = new ToldIds(limits.processes);
    this.#sessions = new ToldIds(limits.sessions);
    this.#leastKtimeNs = start.epochNs > MAX_TIME_NS ? -MAX_TIME_NS : -Number(start.epochNs);
  }

  /** @throws RecordingError for an event that breaks a rule. */
  require(event: Event): void {
    const durationNs = event.kind === 'data' ? event.durationNs : 0;
    if (event.ktimeNs - durationNs < this.#leastKtimeNs) {
      throw new RecordingError(`a ${event.kind} event is of before 1970`);
    }
    switch (event.kind) {
      case 'data':
      case 'handshake':
      case 'handshake-failure':
        this.#requireSession(event.session);
        this.#requireProcess(event.pid);
        break;
      case 'process':
        this.#pids.add(event.pid);
        break;
      case 'session':
        this.#requireProcess(event.pid);
        this.#sessions.add(event.session);
        break;
      case 'session-end':
        this.#requireSession(event.session);
        this.#sessions.delete(event.session);
        this.#lastSession = -1;
    }
  }

  #requireProcess(pid: number): void {
    if (pid === this.#lastPid) return;
    if (!this.#pids.has(pid)) throw new RecordingError(`no event told of process ${pid}`);
    this.#lastPid = pid;
  }

  #requireSession(session: number): void {
    if (session === this.#lastSession) return;
    if (!this.#sessions.has(session)) {
      throw new RecordingError(`no event told of session ${session}`);
    }
    this.#lastSession = session;
  }
}

/** Ids that were told, no more than a limit: the earliest makes room. */
class ToldIds {
  readonly #ids = new Set<number>();
  readonly #limit: number;
  #hasForgotten = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return;
    const [earliest] = this.#ids;
    this.#ids.delete(earliest as number);
    this.#hasForgotten = true;
  }

  /** Whether it may have been told. */
  has(id: number): boolean {
    return this.#hasForgotten || this.#ids.has(id);
  }

  delete(id: number): void {
    this.#ids.delete(id);
  }
}

import type { CaptureHeader, Event } from '../event.ts';
import { MAX_TIME_NS } from './format.ts';
import { RecordingError } from './recording-error.ts';

/**
 * What event.ts says of events among each other, for those who rely on it: a process or session is
 * told before other events name it, and a session is not named after its end. Remembers processes
 * and live sessions only.
 */
export class EventRules {
  /** 1970-01-01: no wall clock time is earlier, not even that of a call's begin. */
  readonly #leastKtimeNs: number;
  readonly #pids = new Set<number>();
  readonly #sessions = new Set<number>();

  constructor({ start }: CaptureHeader) {
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
    }
  }

  #requireProcess(pid: number): void {
    if (!this.#pids.has(pid)) throw new RecordingError(`no event told of process ${pid}`);
  }

  #requireSession(session: number): void {
    if (!this.#sessions.has(session))
      throw new RecordingError(`no event told of session ${session}`);
  }
}

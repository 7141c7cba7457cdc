import type { CloseEvent, Direction } from '../event.ts';
import type { Encapsulation } from '../tcp/encapsulation.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import type { Connection } from './connection.ts';
import { type Idle, noPlace } from './idle-order.ts';
import type { Session } from './session.ts';

/** What a flow stands for. */
export interface FlowOrigin {
  readonly session: Session;
  /** Whose addresses it has; undefined if they are synthetic. */
  readonly connection: Connection | undefined;
  /** Its addresses and ports in the file, as a key. */
  readonly tuple: string;
}

export interface FlowEnd
  extends Pick<CloseEvent, 'ktimeNs' | 'cause' | 'by' | 'finBy' | 'finKtimeNs'> {
  /** Of the first FIN. */
  readonly comment?: string;
}

/** An end that nothing told of: the program's, as it would be. */
export function closedLocally(ktimeNs: number): FlowEnd {
  return { ktimeNs, cause: 'fin', by: 'local', finBy: 'local', finKtimeNs: ktimeNs };
}

/** The end of a flow whose connection goes on. */
export function closedAsIdle(ktimeNs: number): FlowEnd {
  const comment = 'plaincap: idle, and closed here alone; what follows is in another stream';
  return { ...closedLocally(ktimeNs), comment };
}

/** One stream of the file: data of one session, from its SYN to its end. */
export class Flow implements Idle<Flow> {
  readonly place = noPlace<Flow>();
  readonly origin: FlowOrigin;
  readonly #encapsulation: Encapsulation;
  #isOpen = true;

  constructor(origin: FlowOrigin, encapsulation: Encapsulation) {
    this.origin = origin;
    this.#encapsulation = encapsulation;
  }

  /** False after its FINs or its RST. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Interface and time of what is written next; within a flow no time is before another. */
  moveTo(interfaceId: number, ktimeNs: number): void {
    const { stream } = this.#encapsulation;
    stream.interfaceId = interfaceId;
    stream.advanceTo(ktimeNs);
  }

  write(direction: Direction, bytes: Uint8Array, start: number, length: number): void {
    this.#encapsulation.write(this.#sender(direction), bytes, start, length);
  }

  /**
   * Bytes that are missing, for which a comment gives the reason. In a flow that is over it is all
   * that tells of them.
   *
   * @param contentLeft as `Encapsulation.writeGap` has it
   * @param isWebSocket as well
   */
  writeGap(
    direction: Direction,
    length: number,
    reason: string,
    contentLeft?: number,
    isWebSocket?: boolean,
  ): void {
    if (!this.#isOpen) {
      this.tell(direction, reason);
      return;
    }
    const sender = this.#sender(direction);
    const comment = commentOf(reason);
    this.#encapsulation.writeGap(sender, length, comment, contentLeft, isWebSocket);
  }

  /** A comment, and nothing else. */
  tell(direction: Direction, reason: string): void {
    this.#encapsulation.stream.sendComment(this.#sender(direction), commentOf(reason));
  }

  close({ ktimeNs, cause, by, finBy, finKtimeNs, comment }: FlowEnd): void {
    const { stream } = this.#encapsulation;
    const first = stream[finBy === 'none' ? by : finBy];
    if (finBy !== 'none' || cause === 'fin') {
      stream.advanceTo(finKtimeNs);
      stream.beginFinish(first, comment);
    }
    stream.advanceTo(ktimeNs);
    if (cause === 'rst') stream.reset(stream[by]);
    else stream.finish(first);
    this.#isOpen = false;
  }

  #sender(direction: Direction): Endpoint {
    const { local, remote } = this.#encapsulation.stream;
    return direction === 'write' ? local : remote;
  }
}

function commentOf(reason: string): string {
  return `plaincap: ${reason}`;
}

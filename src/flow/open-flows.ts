import type { SegmentWriter } from '../tcp/segment-writer.ts';
import { TcpStream } from '../tcp/tcp-stream.ts';
import { encapsulate } from './encapsulate.ts';
import type { FileForm } from './file-form.ts';
import { closedAsIdle, closedLocally, Flow, type FlowEnd } from './flow.ts';
import { IdleOrder } from './idle-order.ts';
import { type Route, realRoute, syntheticRoute, tupleOf } from './route.ts';
import type { Session } from './session.ts';
import { synComment } from './syn-comment.ts';

/**
 * The flows that are open in the file. No two have the same addresses and ports, as readers would
 * mix them: of two sessions in one connection (TLS to a proxy, and TLS through it) and of two
 * connections in different network namespaces, the later gets synthetic addresses. If they are too
 * many, that which is idle longest is closed.
 */
export class OpenFlows {
  readonly #writer: SegmentWriter;
  readonly #form: FileForm;
  readonly #limit: number;
  readonly #fileStartNs: number;
  readonly #byTuple = new Map<string, Flow>();
  readonly #order = new IdleOrder<Flow>();

  constructor(writer: SegmentWriter, form: FileForm, limit: number, fileStartNs: number) {
    this.#writer = writer;
    this.#form = form;
    this.#limit = limit;
    this.#fileStartNs = fileStartNs;
  }

  /**
   * Begins a stream for a session.
   *
   * @param ktimeNs of its first data. The SYN is from when the connection was established, if that
   *   is known, and in the time of the file.
   * @param remark for the SYN's comment.
   */
  open(session: Session, interfaceId: number, ktimeNs: number, remark?: string): Flow {
    this.#closeEarlier(session, ktimeNs);
    const route = this.#route(session, ktimeNs);
    const { connection, client, server } = route;
    const owner = connection ?? session;
    const incarnation = owner.streams++;
    const stream = new TcpStream(this.#writer, {
      client,
      server,
      localIsClient: session.isClient,
      id: owner.id,
      // Another one than in earlier files: someone may put them together.
      incarnation: incarnation + session.earlierBytes + this.#fileStartNs,
    });
    const isFirst = incarnation === 0 && session.earlierBytes === 0;
    const openedNs = isFirst ? connection?.openedNs : undefined;
    stream.interfaceId = interfaceId;
    stream.advanceTo(Math.min(this.#inFile(openedNs) ?? ktimeNs, ktimeNs));
    const encapsulation = encapsulate(stream, session, route);
    encapsulation.open(synComment(session, route, remark));

    const flow = new Flow({ session, connection, tuple: tupleOf(route) }, encapsulation);
    this.#byTuple.set(flow.origin.tuple, flow);
    this.use(flow);
    this.#closeSurplus(ktimeNs);
    if (connection) connection.flow = flow;
    return flow;
  }

  /** Notes that something happens in it. */
  use(flow: Flow): void {
    if (flow.isOpen) this.#order.use(flow);
  }

  /** Closes a flow of which no end was told, for lack of room. */
  closeIdle(flow: Flow, ktimeNs: number): void {
    const { session, connection } = flow.origin;
    this.close(flow, connection?.closing ?? closedAsIdle(ktimeNs));
    if (session.flow === flow) session.resume();
  }

  close(flow: Flow, end: FlowEnd): void {
    flow.close(end);
    this.abandon(flow);
  }

  /** Takes its addresses from a flow that goes on in another one: its end stays untold. */
  abandon(flow: Flow): void {
    const { tuple, connection } = flow.origin;
    this.#byTuple.delete(tuple);
    this.#order.delete(flow);
    if (connection) connection.flow = undefined;
  }

  /** Undefined for what was before this file, if that began later than the capture. */
  #inFile(ktimeNs: number | undefined): number | undefined {
    const isEarlier = this.#fileStartNs > 0 && Number(ktimeNs) < this.#fileStartNs;
    return isEarlier ? undefined : ktimeNs;
  }

  /** The connection's stream so far, if its session is over: STARTTLS turned plain into TLS. */
  #closeEarlier({ connection }: Session, ktimeNs: number): void {
    const earlier = connection?.flow;
    if (!earlier?.origin.session.isOver) return;
    this.close(earlier, closedLocally(ktimeNs));
  }

  #closeSurplus(ktimeNs: number): void {
    const { first, size } = this.#order;
    if (first && size > this.#limit) this.closeIdle(first, ktimeNs);
  }

  #route(session: Session, ktimeNs: number): Route {
    if (session.connection === undefined) return syntheticRoute(this.#form, session);
    const route = realRoute(this.#form, session, session.connection);
    const holder = this.#byTuple.get(tupleOf(route));
    if (holder === undefined) return route;
    const { closing } = holder.origin.connection ?? {};
    if (!closing && !holder.origin.session.isOver) return syntheticRoute(this.#form, session);
    this.close(holder, closing ?? closedLocally(ktimeNs));
    return route;
  }
}

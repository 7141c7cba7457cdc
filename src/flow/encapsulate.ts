import { HTTP2_OPENING } from '../http-sniff/http2-opening.ts';
import { type HttpVersion, httpVersionOf } from '../http-sniff/sniff-start.ts';
import { BareTcp } from '../tcp/bare-tcp.ts';
import type { Encapsulation } from '../tcp/encapsulation.ts';
import type { TcpStream } from '../tcp/tcp-stream.ts';
import { type Negotiated, NullTls } from '../tls-null/null-tls.ts';
import type { Route } from './route.ts';
import type { Session } from './session.ts';

/** The encapsulation that lets readers know the session's protocol, as far as it is known here. */
export function encapsulate(stream: TcpStream, session: Session, route: Route): Encapsulation {
  const version = session.start && httpVersionOf(session.start.bytes);
  if (route.encapsulation === 'null-tls') {
    return new NullTls(stream, negotiatedBy(session, version));
  }
  return new BareTcp(stream, {
    opening: version === 'h2' && !opensHttp2(session) ? HTTP2_OPENING : undefined,
    // Then what is missing is nearly always of a body: the kernel sent it, or it was cut off.
    fillsGaps:
      version === 'http/1.1' && (session.protocol === 'plain' || session.snaplen !== undefined),
  });
}

/**
 * Readers choose their dissector by ALPN, so what the bytes tell outweighs what was agreed on. Where
 * they tell nothing it is no HTTP/2, whose beginning is always known.
 */
function negotiatedBy({ handshake }: Session, sniffed: HttpVersion | undefined): Negotiated {
  const agreed = handshake?.alpn === 'h2' ? undefined : handshake?.alpn;
  return {
    serverName: handshake?.serverName || undefined,
    protocol: sniffed ?? (agreed || undefined),
  };
}

/** Whether what the session writes next begins with the prefaces (RFC 9113 section 3.4). */
function opensHttp2({ start, reads, writes, isClient }: Session): boolean {
  if (start === undefined || reads.end + writes.end > 0) return false;
  const isServers = (start.direction === 'read') === isClient;
  return start.bytes === 'http2-preface' || (start.bytes === 'http2-settings' && isServers);
}

import type { HandshakeEvent, HandshakeFailureEvent } from '../event.ts';
import { cipherSuiteName, versionName } from '../tls-names/tls-names.ts';
import { milliseconds } from './call-line.ts';
import { safeName } from './safe-name.ts';

/**
 * `handshake in 12.345 ms, TLS 1.3, TLS_AES_128_GCM_SHA256, ALPN h2, SNI localhost`, or `handshake
 * failed after 12.345 ms, ...`.
 */
export function handshakeFacts(event: HandshakeEvent | HandshakeFailureEvent): string {
  const what = event.kind === 'handshake' ? 'in' : 'failed after';
  const facts = [`handshake ${what} ${milliseconds(event.durationNs)} ms`];
  if (event.version !== 0) facts.push(versionName(event.version));
  if (event.cipherSuite !== 0) facts.push(cipherSuiteName(event.cipherSuite));
  if (event.alpn !== '') facts.push(`ALPN ${safeName(event.alpn)}`);
  if (event.serverName !== '') facts.push(`SNI ${safeName(event.serverName)}`);
  return facts.join(', ');
}

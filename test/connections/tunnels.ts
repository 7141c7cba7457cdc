import { ConnectProxy } from './connect-proxy.ts';
import type { Truth } from './truth.ts';
import { programOf, type Workbench } from './workbench.ts';

type Capture = (proxyPort: number, truth: Truth) => Promise<unknown>;

/** TLS inside TLS, through an HTTPS proxy. */
export async function captureTunnel(bench: Workbench, capture: Capture): Promise<Truth> {
  const truth = bench.newTruth();
  const proxy = await ConnectProxy.start(bench.certificate, truth);
  try {
    await capture(proxy.port, truth);
    return proxy.seenByClients();
  } finally {
    proxy.close();
  }
}

export function captureCurlTunnel(bench: Workbench, urls: readonly string[]): Promise<Truth> {
  return captureTunnel(bench, (proxyPort, truth) => {
    const proxy = ['-x', `https://127.0.0.1:${proxyPort}`, '--proxy-insecure'];
    const marked = ['--proxy-header', 'X-Token: tok_outer_'];
    return bench.captureCommand(['curl', '-sk', ...proxy, ...marked, ...urls], truth);
  });
}

/** @param words of `tls-in-tls.mjs`: with any, it begins before the capture. */
export function captureNodeTunnels(bench: Workbench, ...words: string[]): Promise<Truth> {
  return captureTunnel(bench, (proxyPort, truth) => {
    const command = programOf('tls-in-tls.mjs', proxyPort, bench.server.port, ...words);
    return words.length > 0
      ? bench.captureLate(command, truth)
      : bench.captureCommand(command, truth);
  });
}

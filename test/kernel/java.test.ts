import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { plaincap } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();

/** Trusts every certificate. */
const CLIENT = `
import java.net.*;
import java.security.cert.X509Certificate;
import javax.net.ssl.*;
class Client {
  public static void main(String[] urls) throws Exception {
    TrustManager trust = new X509TrustManager() {
      public void checkClientTrusted(X509Certificate[] chain, String type) {}
      public void checkServerTrusted(X509Certificate[] chain, String type) {}
      public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] { trust }, null);
    HttpsURLConnection connection = (HttpsURLConnection) new URL(urls[0]).openConnection();
    connection.setSSLSocketFactory(context.getSocketFactory());
    connection.setHostnameVerifier((host, session) -> true);
    System.out.println(connection.getInputStream().readAllBytes().length);
  }
}
`;

it('a Java client is the counterexample: its TLS is none of a library, and counted as such', async () => {
  const server = await NodeServer.start(makeCertificate(folder));
  const capture = join(folder, 'java.pcapng');
  const recording = join(folder, 'java.cbor');
  const source = join(folder, 'Client.java');
  writeFileSync(source, CLIENT);
  const url = server.url('/java?bytes=50000');
  const java = ['java', '-XX:TieredStopAtLevel=1', source, url];
  const files = ['-w', capture, '-w', recording];
  const { code, stdout, stderr } = await plaincap(['capture', '--plain', ...files, '--', ...java]);
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '50000\n' });
  expect(server.received.map(({ path }) => path)).toEqual(['/java?bytes=50000']);
  expect(await readCalls(recording)).toEqual([]);
  expect(await readFields(capture, 'tcp', ['frame.number'])).toEqual([]);
  const [, lost, encrypted] =
    /, 0 bytes; (\d+) bytes lost \(encrypted: (\d+) bytes of \d+ calls\)\n$/.exec(stderr) ?? [];
  expect(Number(encrypted)).toBeGreaterThan(50_000);
  expect(lost).toBe(encrypted);
});

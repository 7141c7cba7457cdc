import { expect, test } from 'vitest';
import { judge, tsharkFields } from '../pcap-writer/judges.ts';
import { CaptureScript } from './capture-script.ts';

const GET = 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('x', () => {
  const s = new CaptureScript();
  const a = s.conversation(); a.write(GET); a.read(OK); s.close(a.connection); a.end();
  const b = s.session(0); b.write(GET); b.read(OK); b.end();
  const c = s.conversation({remotePort: 5000, seenOpening: false, localAddress: new Uint8Array(16).fill(1), remoteAddress: new Uint8Array(16).fill(2)}); c.write(GET); c.lose('read', 40000); c.read(OK); c.lose('write', 7); s.close(c.connection,{cause:'rst',by:'remote',readable:true}); c.read(OK);c.end();
  const d = s.conversation({remotePort: 80}); d.write(GET); d.lose('read', 40000); d.read(OK); d.lose('write', 7); s.close(d.connection,{cause:'rst',by:'remote',readable:true}); d.read(OK);d.end();
  console.log(s.end());
  const p = s.save();
  console.log(judge('tshark','-r',p,'-o','tcp.check_checksum:TRUE','-o','ip.check_checksum:TRUE'));
  console.log(tsharkFields(p,'frame.number','frame.interface_name','frame.interface_description','tcp.checksum.status','ip.checksum.status','frame.comment').map(r=>r.join(' | ')).join('\n'));
});

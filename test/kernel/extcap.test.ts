import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { Ann } from './ann.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { plaincapWords } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { copyProject } from './project-copy.ts';

const folder = temporaryFolder();
const copy = join(folder, 'project');
const cli = [process.execPath, join(copy, 'dist/cli.js')];
const setup = join(import.meta.dirname, '../../native/setup.sh');
/** Where Wireshark up to 4.0 and from 4.2 on looks, in a home. */
const SCRIPTS = ['.config/wireshark/extcap/plaincap', '.local/lib/wireshark/extcap/plaincap'];
const PRIVATE_NODE = '.local/lib/plaincap/node';
/** Of tshark, in a live capture whose packets are printed at once. */
const REQUESTS = ['-n', '-l', '-Y', 'http.request', '-T', 'fields', '-e', 'http.request.full_uri'];

let server: NodeServer;
let ann: Ann;

beforeAll(async () => {
  await succeed('sh', [setup, '--packages', 'sudo=sudo', 'setcap=libcap2-bin'], {
    timeoutMs: 120_000,
  });
  chmodSync(folder, 0o755);
  copyProject(copy);
  server = await NodeServer.start(makeCertificate(folder));
  ann = new Ann(folder);
});

/** A process that asks for a path again and again, 300 times at most. */
function startClient(path: string, wrap = ordinary): Program {
  const loop = 'for i in $(seq 300); do curl -sk --http1.1 -o /dev/null "$0"; sleep 0.1; done';
  return new Program(...wrap(['sh', '-c', loop, server.url(path)]), { timeoutMs: 60_000 });
}

function ordinary([command = '', ...args]: readonly string[]): [string, string[]] {
  return [command, args];
}

/** The pid of its shell, which unshare, setpriv and env have become. */
const annTshark = (client: Program) =>
  ann.as(['tshark', '-o', `extcap.plaincap.pid:${client.pid}`, '-i', 'plaincap', ...REQUESTS]);

/** Captures that run for the client, as /proc shows them. */
function capturesOf(client: Program): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const words = readWords(pid);
    return words.includes('--until-eof') && words.includes(`--pid=${client.pid}`);
  });
}

function readWords(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // It ended meanwhile.
  }
}

describe('plaincap as an interface of Wireshark', () => {
  const home = join(folder, 'root');
  const env = { HOME: home, XDG_CONFIG_HOME: undefined };

  it('is in the list of the user who installs it, and captures what the options say', async () => {
    const [node, ...words] = plaincapWords('extcap', 'install');
    await succeed(node, words, { env });
    const interfaces = await succeed('tshark', ['-D'], { env });
    expect(interfaces.toString()).toMatch(/^\d+\. plaincap \(Plaintext of TLS connections\)$/m);

    const client = startClient('/extcap/wanted');
    const other = startClient('/extcap/other');
    const options = ['-o', `extcap.plaincap.pid:${client.pid}`, '-i', 'plaincap'];
    const tshark = new Program('tshark', [...options, ...REQUESTS], { env });
    await tshark.prints(server.url('/extcap/wanted'));
    expect(capturesOf(client)).toHaveLength(1);
    const before = server.received.filter(({ path }) => path === '/extcap/other').length;
    await expect
      .poll(() => server.received.filter(({ path }) => path === '/extcap/other').length)
      .toBeGreaterThan(before + 3);
    tshark.kill('SIGINT');
    const { code, stdout, stderr } = await tshark.ended;
    client.killAll();
    other.killAll();
    expect(code).toBe(0);
    expect(new Set(stdout.toString().trim().split('\n'))).toEqual(
      new Set([server.url('/extcap/wanted')]),
    );
    expect(stderr).not.toMatch(/plaincap:|[Ee]rror/);
    expect(capturesOf(client)).toEqual([]);
  });

  it('shows what is wrong with an option where tshark shows errors', async () => {
    const options = ['-o', 'extcap.plaincap.pid:4194303', '-i', 'plaincap'];
    const { code, stderr } = await new Program('tshark', options, { env }).ended;
    expect(code).not.toBe(0);
    expect(stderr).toContain('plaincap: --pid 4194303: there is no such process\n');
  });

  it('is gone when it is uninstalled', async () => {
    const [node, ...words] = plaincapWords('extcap', 'uninstall');
    await succeed(node, words, { env });
    expect((await succeed('tshark', ['-D'], { env })).toString()).not.toContain('plaincap');
    for (const script of SCRIPTS) expect(existsSync(join(home, script))).toBe(false);
  });
});

describe('a user without privilege', () => {
  it('is told which command gives it', async () => {
    const installed = await new Program(...ann.as([...cli, 'extcap', 'install'])).ended;
    const mend = `sudo ${cli.join(' ')} extcap install`;
    expect(installed).toMatchObject({ code: 0, stderr: expect.stringContaining(mend) });
    for (const script of SCRIPTS) expect(statSync(join(ann.home, script)).uid).toBe(Ann.UID);

    const client = startClient('/extcap/refused', (words) => ann.as(words));
    const { code, stderr } = await new Program(...annTshark(client)).ended;
    client.killAll();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/plaincap: cannot capture: ann, who runs Wireshark, has no CAP_BPF/);
    expect(stderr).toContain(`mend: ${mend}\n`);
  });

  it('captures by sudo where that asks for no password', async () => {
    // As Debian has it.
    ann.setSudoers('Defaults use_pty\nann ALL=(root) NOPASSWD: ALL');
    const client = startClient('/extcap/sudo', (words) => ann.as(words));
    const fifo = join(ann.home, 'fifo');
    await succeed(...ann.as(['sh', '-c', 'rm -f "$0" && mkfifo "$0"', fifo]));
    const reader = new Program('tshark', ['-i', fifo, ...REQUESTS]);
    const script = join(ann.home, SCRIPTS[0] as string);
    const call = ['--capture', '--extcap-interface', 'plaincap', '--fifo', fifo];
    const capture = new Program(...ann.as([script, ...call, '--pid', `${client.pid}`]));
    await reader.prints(server.url('/extcap/sudo'));
    // It is root's, so that ann cannot send it a signal.
    const [pid] = capturesOf(client).filter((each) => statSync(`/proc/${each}`).uid === 0);
    expect(pid).toBeDefined();
    capture.kill('SIGTERM');
    expect(await capture.ended).toMatchObject({ code: 0, stderr: '' });
    expect((await reader.ended).code).toBe(0);
    expect(capturesOf(client)).toEqual([]);
    client.killAll();
    ann.setSudoers('');
  });

  it('captures after root has installed it for her, and nobody else can with her copy', async () => {
    await succeed(...ann.asRoot([...cli, 'extcap', 'install']));
    const node = join(ann.home, PRIVATE_NODE);
    expect(statSync(node)).toMatchObject({ uid: Ann.UID, mode: 0o100700 });
    const client = startClient('/extcap/capabilities', (words) => ann.as(words));
    const tshark = new Program(...annTshark(client));
    await tshark.prints(server.url('/extcap/capabilities'));
    tshark.kill('SIGINT');
    expect((await tshark.ended).code).toBe(0);
    client.killAll();

    await succeed(...ann.as([...cli, 'extcap', 'uninstall']));
    for (const file of [...SCRIPTS, PRIVATE_NODE]) {
      expect(existsSync(join(ann.home, file)), file).toBe(false);
    }
  });
});

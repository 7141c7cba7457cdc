import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readRequestUris } from '../kernel/http1-exchanges.ts';
import { runInVm, type VmKernel } from './vm.ts';

const kernels = (process.env.VM_KERNELS?.split(',') ?? ['6.1', '6.12']) as VmKernel[];

const results = mkdtempSync(join(tmpdir(), 'plaincap-vm-filters-'));
afterAll(() => rmSync(results, { recursive: true }));

/** Filters alone, of the whole machine: that is not done to a machine that others use. */
const SCRIPT = `
  plaincap="node $PWD/dist/cli.js"
  cd "$(mktemp -d)"
  chmod 755 .
  cp /usr/bin/curl fetcher
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem \\
    -out cert.pem -days 2 -subj /CN=localhost 2>/dev/null
  for port in 20443 20444; do
    openssl s_server -quiet -www -accept $port -key key.pem -cert cert.pem >/dev/null 2>&1 &
  done
  mkdir /sys/fs/cgroup/wanted
  ask='-sko /dev/null --retry 9 --retry-connrefused --http1.1 https://127.0.0.1'
  curl $ask:20443/ready
  curl $ask:20444/ready

  captures() {
    name=$1
    shift
    $plaincap capture "$@" -w "$VM_RESULTS/$name.pcapng" 2>"$VM_RESULTS/$name.log" &
    capture=$!
    until grep -q capturing "$VM_RESULTS/$name.log"; do
      kill -0 $capture
      sleep 0.2
    done
    curl $ask:20443/curl
    ./fetcher $ask:20443/fetcher
    setpriv --reuid=65534 --clear-groups curl $ask:20444/nobody
    sh -c 'echo $$ >/sys/fs/cgroup/wanted/cgroup.procs; exec curl '"$ask:20443/cgroup"
    kill -INT $capture
    wait $capture
  }
  captures comm --comm fetcher
  captures exe --exe './fetch*'
  captures cgroup --cgroup wanted
  captures user-and-port --uid nobody --port 20444`;

const expected = {
  comm: 'https://127.0.0.1:20443/fetcher',
  exe: 'https://127.0.0.1:20443/fetcher',
  cgroup: 'https://127.0.0.1:20443/cgroup',
  'user-and-port': 'https://127.0.0.1:20444/nobody',
};

test.each(kernels)(
  'on %s, filters restrict a capture of everything',
  async (kernel) => {
    const options = { results, timeoutSeconds: 600 };
    const { output, exitCode, report } = await runInVm(kernel, ['sh', '-ec', SCRIPT], options);
    expect(exitCode, report + output).toBe(0);
    for (const [name, uri] of Object.entries(expected)) {
      expect(await readRequestUris(join(results, `${name}.pcapng`)), name).toEqual([uri]);
      expect(readFileSync(join(results, `${name}.log`), 'utf8')).toMatch(/; 0 bytes lost$/m);
    }
  },
  700_000,
);

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { blockBoundary, PACKET_FLAGS, PcapngSection } from '../../src/pcap-writer/index.ts';
import { ChunkOutput } from '../../src/sink/chunk-output.ts';
import { DestinationError } from '../../src/sink/destination-error.ts';
import { FileSink } from '../../src/sink/file-sink.ts';
import { openFile } from '../../src/sink/open-file.ts';
import { isLinux } from '../linux-version.ts';
import { judge, tsharkFields } from '../pcap-writer/judges.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();
let path: string;
let count = 0;
beforeEach(() => {
  path = join(folder, `${count++}.pcapng`);
});

const noBoundary = () => 0;

async function writeFile(to: string, ...chunks: string[]): Promise<void> {
  const sink = await openFile(to, noBoundary);
  for (const chunk of chunks) expect(await sink.write(Buffer.from(chunk))).toBe('written');
  await sink.end();
}

function modeOf(file: string): number {
  return statSync(file).mode & 0o7777;
}

describe('a file', () => {
  test('that is new is its owner’s alone', async () => {
    await writeFile(path, 'one ', 'two');
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect(modeOf(path)).toBe(0o600);
  });

  test('that exists is emptied and closed to others', async () => {
    writeFileSync(path, 'longer than what comes');
    chmodSync(path, 0o666);
    await writeFile(path, 'short');
    expect(readFileSync(path, 'utf8')).toBe('short');
    expect(modeOf(path)).toBe(0o600);
  });

  test('behind a symbolic link is written, the link stays', async () => {
    const link = `${path}.link`;
    symlinkSync(path, link);
    await writeFile(link, 'x');
    expect(readFileSync(path, 'utf8')).toBe('x');
  });

  test('goes on where it ended, whoever else moves the descriptor’s offset', async () => {
    writeFileSync(path, '----------');
    const file = await open(path, 'r+');
    const sink = new FileSink(file, path, noBoundary);
    await sink.write(Buffer.from('one '));
    await file.read(Buffer.alloc(3), 0, 3, null);
    await sink.write(Buffer.from('two'));
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe('one two---');
  });

  test.each([
    ['missing/x.pcapng', 'no such file or directory (ENOENT)'],
    ['plain-file/x.pcapng', 'not a directory (ENOTDIR)'],
  ])('that cannot be opened is told: %s', async (name, reason) => {
    writeFileSync(join(folder, 'plain-file'), '');
    const odd = join(folder, name);
    await expect(openFile(odd, noBoundary)).rejects.toThrow(
      new DestinationError(`${odd}: ${reason}`),
    );
  });
});

describe('under sudo', () => {
  beforeEach(() => {
    vi.stubEnv('SUDO_UID', '1234');
    vi.stubEnv('SUDO_GID', '5678');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('a file belongs to the user who ran it', async () => {
    await writeFile(path, 'x');
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 5678 });
    chownSync(path, 0, 0);
    await writeFile(path, 'y');
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 5678 });
    expect(modeOf(path)).toBe(0o600);
  });

  test('a device stays as it is', async () => {
    const before = statSync('/dev/null');
    await writeFile('/dev/null', 'x');
    const { uid, gid, mode } = statSync('/dev/null');
    expect({ uid, gid, mode }).toEqual({ uid: before.uid, gid: before.gid, mode: before.mode });
  });

  test('a file that cannot be given away is not emptied', async () => {
    vi.stubEnv('SUDO_UID', 'nobody');
    writeFileSync(path, 'kept');
    await expect(openFile(path, noBoundary)).rejects.toThrow(DestinationError);
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });
});

describe('long chunks', () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));

  test('go past the page cache, in as many writes as it takes', async () => {
    const writes: number[][] = [];
    const sink = new FileSink(
      await open(path, 'w'),
      path,
      noBoundary,
      (fd, chunk, offset, at, done) => {
        writes.push([offset, at]);
        done(writeSync(fd, chunk, offset, offset === 0 ? 10_000 : chunk.length - offset, at));
      },
    );
    for (const chunk of [Buffer.from('head'), bytes]) await sink.write(chunk);
    await sink.end();
    expect(readFileSync(path).equals(Buffer.concat([Buffer.from('head'), bytes]))).toBe(true);
    expect(writes).toEqual([
      [0, 4],
      [10_000, 10_004],
    ]);
  });

  test('are written as all others once that is refused', async () => {
    let tried = 0;
    const sink = new FileSink(await open(path, 'w'), path, noBoundary, (...[, , , , done]) => {
      tried++;
      done(-constants.errno.EOPNOTSUPP);
    });
    for (let chunk = 0; chunk < 3; chunk++) await sink.write(bytes);
    await sink.end();
    expect(readFileSync(path).equals(Buffer.concat([bytes, bytes, bytes]))).toBe(true);
    expect(tried).toBe(1);
  });

  test('leave nothing there on ext4, if the kernel knows how', async () => {
    const image = join(folder, 'ext4');
    const mounted = join(folder, 'mounted');
    mkdirSync(mounted);
    execFileSync('truncate', ['-s', '64M', image]);
    execFileSync('mkfs.ext4', ['-q', image]);
    execFileSync('mount', ['-o', 'loop', image, mounted]);
    try {
      const file = join(mounted, 'x.pcapng');
      const sink = await openFile(file, noBoundary);
      for (let chunk = 0; chunk < 40; chunk++) await sink.write(bytes);
      await sink.end();
      expect(readCached(file) < 1_000_000).toBe(isLinux(6, 16));
      expect(readFileSync(file).equals(Buffer.concat(Array(40).fill(bytes)))).toBe(true);
    } finally {
      execFileSync('umount', [mounted]);
    }
  });
});

/** Bytes of a file that the page cache has, when all of it is on the disk. */
function readCached(file: string): number {
  execFileSync('sync', [file]);
  const fincore = execFileSync('fincore', ['--bytes', '--noheadings', '-o', 'RES', file]);
  return Number(fincore.toString());
}

describe('on a full disk', () => {
  const diskBytes = 256 * 1024;
  const disk = join(folder, 'disk');

  beforeEach(() => {
    mkdirSync(disk, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', disk]);
  });
  afterEach(() => {
    execFileSync('umount', [disk]);
  });

  test('the file ends after its last whole packet', async () => {
    const full = join(disk, 'full.pcapng');
    const sink = await openFile(full, blockBoundary);
    const output = new ChunkOutput(sink, { chunkBytes: 20_000 });
    const section = new PcapngSection(output, { timeBaseEpochNs: 0n });
    section.addInterface({ name: 'curl', description: '' });
    for (let packet = 0; packet < 1000; packet++) {
      const offset = section.addPacket(0, packet, 1001, 1001, PACKET_FLAGS.inbound);
      output.bytes.fill(packet, offset, offset + 1001);
    }
    // The headers and the 1001 + 3 + 44 bytes of a packet's block, as often as they fit.
    const headers = 32 + 44;
    const packets = Math.floor((diskBytes - headers) / 1048);
    const bytes = headers + packets * 1048;

    await expect(output.end()).rejects.toThrow(
      new DestinationError(
        `${full}: no space left on device (ENOSPC); its first ${bytes} bytes are readable`,
      ),
    );
    expect(statSync(full).size).toBe(bytes);
    expect(tsharkFields(full, 'frame.cap_len')).toHaveLength(packets);
    expect(judge('capinfos', '-c', '-M', full)).toContain(`Number of packets:   ${packets}\n`);
  });

  test('a file of which not even the first block fits is empty', async () => {
    const full = join(disk, 'full.pcapng');
    writeFileSync(join(disk, 'other'), Buffer.alloc(diskBytes));
    const sink = await openFile(full, blockBoundary);
    await expect(sink.write(Buffer.alloc(100))).rejects.toThrow(/its first 0 bytes are readable$/);
    await sink.end();
    expect(statSync(full).size).toBe(0);
  });
});

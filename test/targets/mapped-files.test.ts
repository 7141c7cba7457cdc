import { readdirSync, realpathSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listMappedFiles, mappedFile, readMappings } from '../../src/targets/mapped-files.ts';

it('lists what a process has mapped to execute, its program first, each under a name of /proc', () => {
  const mappings = readMappings(process.pid);
  expect(mappings[0]?.name).toBe(realpathSync(process.execPath));
  expect(new Set(mappings.map(({ name }) => name)).size).toBe(mappings.length);
  const ranges = readdirSync('/proc/self/map_files');
  for (const { range } of mappings) expect(ranges).toContain(range);
  for (const { name, inode } of mappings) expect(statSync(name, { bigint: true }).ino).toBe(inode);
});

it('lists nothing of a process that has ended', () => {
  expect(listMappedFiles(2 ** 22)).toEqual([]);
});

it('leads to the mapping itself when another file is at its path', () => {
  const mapping = { pid: process.pid, name: '/bin/true', inode: 1n, range: '1000-2000' };
  const file = mappedFile({ ...mapping, name: '/bin/true (deleted)' });
  expect(file.name).toBe('/bin/true');
  expect(file.path).toBe(`/proc/${process.pid}/map_files/1000-2000`);
  expect(mappedFile(mapping).path).toBe(file.path);
});

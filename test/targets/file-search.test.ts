import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { searchFile } from '../../src/targets/file-search.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const path = join(temporaryFolder(), 'file');
const CHUNK_BYTES = 4 * 1024 * 1024;
const marks = [{ text: 'Library ', pattern: /Library (\d+\.\d+)/ }];

describe('searchFile', () => {
  it.each([0, 1, CHUNK_BYTES - 4, CHUNK_BYTES, 2 * CHUNK_BYTES - 1, 2 * CHUNK_BYTES + 300])(
    'finds what stands at byte %d, also across chunks',
    (offset) => {
      writeFileSync(path, Buffer.concat([Buffer.alloc(offset), Buffer.from('Library 3.14')]));
      expect(searchFile(path, marks)?.[1]).toBe('3.14');
    },
  );

  it('passes over places that only begin alike', () => {
    writeFileSync(path, 'Library of no version\0Library Library 1.2');
    expect(searchFile(path, marks)?.[1]).toBe('1.2');
  });

  it('finds nothing in a file without it, nor in an empty one', () => {
    writeFileSync(path, Buffer.alloc(CHUNK_BYTES + 256, 'Library'));
    expect(searchFile(path, marks)).toBeUndefined();
    writeFileSync(path, '');
    expect(searchFile(path, marks)).toBeUndefined();
  });
});

import { join } from 'node:path';

/** Where plaincap is installed: src/ and dist/, each file of which may hold any module, are in it. */
export const OWN_FOLDER = join(import.meta.dirname, '..');

import { createRequire } from 'node:module';

/** Of package.json, where it stands once. */
export const version = (createRequire(import.meta.url)('../package.json') as { version: string })
  .version;

// Makes dist/, with what it needs of node_modules: a few files are read sooner than hundreds. What
// one command alone needs stays a file of its own, which is read when that command runs.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/cli.ts'],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outdir: 'dist',
  // All in one folder: see src/own-folder.ts.
  chunkNames: '[name]-[hash]',
  // commander is CommonJS, and calls it for Node.js' own modules.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
  // Read by node --enable-source-maps alone.
  sourcemap: true,
  sourcesContent: false,
});

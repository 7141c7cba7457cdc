import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { resolveCommand } from './resolve-command.ts';

/** BINPRM_BUF_SIZE of the kernel: an interpreter line is not longer. */
const INTERPRETER_LINE_MAX = 256;
const INTERPRETER_DEPTH_MAX = 4;

function readFirstLine(path: string): string {
  const head = Buffer.alloc(INTERPRETER_LINE_MAX);
  const fd = openSync(path, 'r');
  try {
    const length = readSync(fd, head, 0, head.length, 0);
    return head.toString('latin1', 0, length).split('\n', 1)[0] as string;
  } finally {
    closeSync(fd);
  }
}

/**
 * The files that the kernel executes for a program: the file itself, or for a script its
 * interpreter (`#!/usr/bin/env node` gives env and node). Unreadable files give nothing.
 */
export function listProgramFiles(path: string, depth = 0): string[] {
  let line: string;
  try {
    line = readFirstLine(path);
  } catch {
    return [];
  }
  if (!line.startsWith('#!') || depth === INTERPRETER_DEPTH_MAX) return [path];
  const [interpreter, ...words] = line.slice(2).trim().split(/\s+/);
  if (!interpreter) return [];
  const files = listProgramFiles(interpreter, depth + 1);
  const name = words.find((word) => !word.startsWith('-') && !word.includes('='));
  if (basename(interpreter) !== 'env' || !name) return files;
  try {
    return [...files, ...listProgramFiles(resolveCommand(name), depth + 1)];
  } catch {
    return files; // env will say that it does not find it.
  }
}

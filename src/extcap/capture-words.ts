import { UserError } from '../user-error.ts';
import { parseCaptureFilter } from './capture-filter.ts';
import type { DialogOptions } from './dialog.ts';

/** Their values hold commas between several. */
const LISTS = ['pid', 'uid', 'comm'] as const;
const PATHS = ['exe', 'lib'] as const;

/**
 * The arguments of `capture` for what was chosen in the dialog, and for a capture filter.
 *
 * @throws UserError for a filter that `capture` has no arguments for
 */
export function captureWords(options: DialogOptions, captureFilter = ''): string[] {
  const { ports, hosts } = parseCaptureFilter(captureFilter);
  return [
    ...LISTS.flatMap((name) => wordsOf(name, listOf(options[name]))),
    ...PATHS.flatMap((name) => wordsOf(name, options[name] ? [options[name]] : [])),
    ...wordsOf('port', eitherOf('ports', ports, listOf(options.port))),
    ...wordsOf('host', eitherOf('hosts', hosts, listOf(options.host))),
    ...(options.plain ? ['--plain'] : []),
  ];
}

/** `capture` refuses what is empty between commas: it must not be taken for no restriction. */
function listOf(value = ''): string[] {
  return value.trim() === '' ? [] : value.split(',').map((each) => each.trim());
}

function wordsOf(option: string, values: readonly string[]): string[] {
  return values.map((value) => `--${option}=${value}`);
}

/** Values of an option are alternatives: no option says that both must hold. */
function eitherOf(what: string, a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length > 0 && b.length > 0) {
    throw new UserError(`${what} are named by the capture filter and by the options: by one only`);
  }
  return a.length > 0 ? a : b;
}

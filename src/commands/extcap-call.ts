import { join } from 'node:path';
import { parseCaptureFilter } from '../extcap/capture-filter.ts';
import { captureWords } from '../extcap/capture-words.ts';
import { choiceSentences, type DialogOptions, dialogSentences } from '../extcap/dialog.ts';
import { INTERFACE, interfaceSentences, linkTypeSentences } from '../extcap/interface.ts';
import { OWN_FOLDER } from '../own-folder.ts';
import { UsageError, UserError } from '../user-error.ts';

/** What Wireshark asks for, as its doc/README.extcap has it. */
export interface ExtcapCall extends DialogOptions {
  extcapInterfaces?: boolean;
  extcapInterface?: string;
  extcapDlts?: boolean;
  extcapConfig?: boolean;
  extcapReloadOption?: string;
  extcapCaptureFilter?: string;
  capture?: boolean;
  fifo?: string;
}

const README = join(OWN_FOLDER, 'README.md');

/**
 * Does what Wireshark asks for; answers are lines on stdout.
 *
 * @returns the exit code
 */
export async function answerCall(call: ExtcapCall): Promise<number> {
  if (call.extcapInterfaces) return print(interfaceSentences(README));
  const { extcapInterface: name, extcapCaptureFilter: filter, fifo } = call;
  if (name === undefined) throw new UsageError('say extcap install, or extcap uninstall');
  if (name !== INTERFACE) throw new UserError(`there is no interface ${name}, only ${INTERFACE}`);
  if (call.extcapDlts) return print(linkTypeSentences());
  if (call.extcapConfig) return print(await configSentences(call.extcapReloadOption));
  if (!call.capture) return print(filterComplaints(filter));
  if (fifo === undefined) throw new UsageError('--capture is without --fifo');
  const { captureToFifo } = await import('./extcap-capture.ts');
  return captureToFifo(fifo, () => captureWords(call, filter));
}

function print(lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return 0;
}

/** All of the dialog, or the choices of one option. */
async function configSentences(option: string | undefined): Promise<string[]> {
  const { listCapturable } = await import('../targets/process-targets.ts');
  const processes = listCapturable();
  return option === undefined ? dialogSentences(processes) : choiceSentences(option, processes);
}

/** To Wireshark, a filter is good if nothing is said of it. */
function filterComplaints(filter: string | undefined): string[] {
  try {
    parseCaptureFilter(filter ?? '');
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error.message];
  }
}

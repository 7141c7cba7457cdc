import type { HttpVersion } from '../http-sniff/sniff-start.ts';
import type { FileForm } from './file-form.ts';
import { nullTlsForm, type WrittenForm, writtenForm } from './port-rule.ts';

/**
 * The form of a conversation as the user chose it, else as the rule of ports has it. The rule goes
 * by the port that is written; a port that was mapped stays as the user wants it.
 */
export function chosenForm(
  { encapsulation, portMap }: FileForm,
  protocol: 'tls' | 'plain',
  clientPort: number,
  serverPort: number,
  http?: HttpVersion,
): WrittenForm {
  const mapped = portMap.get(serverPort);
  const port = mapped ?? serverPort;
  if (encapsulation === 'plain') return { encapsulation: 'bare-tcp', serverPort: port };
  const form =
    encapsulation === 'tls' && protocol === 'tls'
      ? nullTlsForm(clientPort, port)
      : writtenForm(protocol, clientPort, port, http);
  return mapped === undefined ? form : { ...form, serverPort: mapped };
}

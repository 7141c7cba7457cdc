import { pathToFileURL } from 'node:url';
import { version } from '../version.ts';
import { sentence } from './sentence.ts';

/** The only one, as in `tshark -i plaincap`. */
export const INTERFACE = 'plaincap';

/** LINKTYPE_ETHERNET, that of all our interfaces. */
const ETHERNET = { number: 1, name: 'EN10MB', display: 'Ethernet' };

/** @param readme path of what Wireshark's Help opens */
export function interfaceSentences(readme: string): string[] {
  return [
    sentence('extcap', { version, help: pathToFileURL(readme).href }),
    sentence('interface', { value: INTERFACE, display: 'Plaintext of TLS connections' }),
  ];
}

export function linkTypeSentences(): string[] {
  return [sentence('dlt', ETHERNET)];
}

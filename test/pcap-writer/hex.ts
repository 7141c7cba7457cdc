/** `hex('0a0d 0d0a')`: the bytes, written with spaces where they help the eye. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

/** What the sample of an upload sends: 1 MiB that packs well, each line another one. */
export const UPLOAD_BODY: Buffer = Buffer.from(
  Array.from({ length: 65_536 }, (_, line) => `line ${`${line}`.padStart(10)}\n`).join(''),
);

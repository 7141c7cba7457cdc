/** Of `--encap`: what the plaintext of TLS stands in. */
export const ENCAPSULATION_CHOICES = ['auto', 'tls', 'plain'] as const;

/** Of `--side`: which end of a connection is written if both are captured. */
export const SIDE_CHOICES = ['client', 'server', 'both'] as const;

/** In what form conversations stand in a pcapng file. */
export interface FileForm {
  /**
   * `auto`: what Wireshark dissects on the port (port-rule.ts). `tls`: records with a NULL cipher,
   * on every port. `plain`: bare TCP on the real port, for readers that know no NULL cipher.
   */
  readonly encapsulation: (typeof ENCAPSULATION_CHOICES)[number];
  /** By real server ports, those that are written instead. */
  readonly portMap: ReadonlyMap<number, number>;
  /** `both`: the second one under another client address, as readers take it for a repetition. */
  readonly side: (typeof SIDE_CHOICES)[number];
}

export const DEFAULT_FORM: FileForm = { encapsulation: 'auto', portMap: new Map(), side: 'client' };

/** Bits of linux/capability.h. */
const CAPABILITY = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof CAPABILITY;

/** What a process may do, from the CapEff line of its /proc/PID/status. */
export class Capabilities {
  readonly #effective: bigint;

  private constructor(effective: bigint) {
    this.#effective = effective;
  }

  /** None for a text without the line. */
  static parse(status: string): Capabilities {
    const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
    return new Capabilities(BigInt(`0x${hex}`));
  }

  /** CAP_BPF and CAP_PERFMON were split off CAP_SYS_ADMIN, which still includes them. */
  has(capability: Capability): boolean {
    if (this.#bit(capability)) return true;
    const isSplitOff = capability === 'CAP_BPF' || capability === 'CAP_PERFMON';
    return isSplitOff && this.#bit('CAP_SYS_ADMIN');
  }

  #bit(capability: Capability): boolean {
    return ((this.#effective >> BigInt(CAPABILITY[capability])) & 1n) === 1n;
  }
}

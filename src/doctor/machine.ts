/** What the doctor asks of a machine. `thisMachine()` is the real one. */
export interface Machine {
  /** As `process.platform` and `process.arch` have them. */
  readonly platform: string;
  readonly arch: string;
  /** `uname -r`. */
  readonly kernelRelease: string;
  /** The text of a file; undefined when it is not there or may not be read. */
  readText(path: string): string | undefined;
  exists(path: string): boolean;
  /** The path of a program that is in PATH. */
  findProgram(name: string): string | undefined;
  /** The shared TLS libraries that the dynamic linker knows. */
  tlsLibraries(): string[];
  readonly trial: CaptureTrial;
}

/** What only an attempt to capture can tell. An error is one line. */
export interface CaptureTrial {
  loadAddon(): { error?: string };
  /** Gives the BPF programs to the kernel and takes them out again. Once the addon loads. */
  loadPrograms(): { error: string } | { connectionSource: string };
}

import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** In a mount namespace of its own, so that nobody else meets this user, or a rule for her. */
const ENTER = `
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/sudoers" /etc/sudoers
shift
exec "$@"
`;

/** A user who is known to the programs that run as her, and no one else. */
export class Ann {
  static readonly UID = 4711;
  readonly home: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.home = join(folder, 'home');
    mkdirSync(this.home);
    chownSync(this.home, Ann.UID, Ann.UID);
    // Not x, with which sudo would look for her in /etc/shadow.
    const ann = `ann:*:${Ann.UID}:${Ann.UID}::${this.home}:/bin/sh`;
    writeFileSync(join(folder, 'passwd'), `root:x:0:0::/root:/bin/sh\n${ann}\n`);
    this.setSudoers('');
  }

  /** @param rules of sudoers(5) */
  setSudoers(rules: string): void {
    const path = join(this.#folder, 'sudoers');
    writeFileSync(path, `${rules}\n`);
    chmodSync(path, 0o440);
  }

  /** A command line that runs the words as root, after `sudo` of hers. */
  asRoot(words: readonly string[]): [string, string[]] {
    const variables = [`SUDO_UID=${Ann.UID}`, `SUDO_GID=${Ann.UID}`];
    return this.#enter(['env', ...variables, ...words]);
  }

  /** A command line that runs the words as her. */
  as(words: readonly string[]): [string, string[]] {
    const ids = [`--reuid=${Ann.UID}`, `--regid=${Ann.UID}`, '--clear-groups'];
    const variables = ['-u', 'XDG_CONFIG_HOME', `HOME=${this.home}`];
    return this.#enter(['setpriv', ...ids, '--inh-caps=-all', 'env', ...variables, ...words]);
  }

  #enter(words: readonly string[]): [string, string[]] {
    return ['unshare', ['--mount', 'sh', '-ec', ENTER, 'sh', this.#folder, ...words]];
  }
}

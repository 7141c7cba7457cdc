import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What it takes, by command and Debian's package. */
const PACKAGES = [
  'wireshark=wireshark',
  'Xvfb=xvfb',
  'import=imagemagick',
  'tesseract=tesseract-ocr',
  'xdotool=xdotool',
];

/** Wireshark begins within 3 seconds on a machine of its own. */
const PATIENCE_MS = 60_000;

const SIZE = { width: 1280, height: 800 };
/** Of the packet list, with its titles. */
const LIST = { y: 90, height: 245 };
/**
 * Letters of 13 pixels are too small to be read. At every size some word is misread, so the next
 * look is at another.
 */
const ENLARGEMENTS = [2, 3, 4];

/** Tesseract's ways to see a page: as lines below each other, or as words here and there. */
const LINES = ['--psm', '6'];
const SPARSE = ['--psm', '11'];

/** Its state when it was closed last, without which it chooses its size, and warns of root. */
const RECENT = `
gui.geometry_main_x: 0
gui.geometry_main_y: 0
gui.geometry_main_width: ${SIZE.width}
gui.geometry_main_height: ${SIZE.height}
gui.geometry_main_upper_pane: ${LIST.height}
privs.warn_if_elevated: FALSE
`;
/** The list above, details and bytes side by side below. */
const PREFERENCES = `
gui.layout_type: 2
gui.update.enabled: FALSE
`;

/** Installs what a window takes, where it is missing. As root. */
export function installWindow(): void {
  const setup = join(import.meta.dirname, '../native/setup.sh');
  execFileSync('sh', [setup, '--packages', ...PACKAGES], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** A word in a picture of the window, with its middle. */
interface Word {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Wireshark itself, on a screen of its own, by a user who has set nothing but its size. */
export class WiresharkWindow {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plaincap-window-'));
  readonly #environment: NodeJS.ProcessEnv;
  readonly #screen: ChildProcess;
  readonly #wireshark: ChildProcess;

  /** @param args of wireshark */
  static async open(args: readonly string[]): Promise<WiresharkWindow> {
    const options = ['-screen', '0', `${SIZE.width}x${SIZE.height}x24`, '-nolisten', 'tcp'];
    const screen = spawn('Xvfb', ['-displayfd', '3', ...options], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const [display] = await once(screen.stdio[3] as Readable, 'data');
    return new WiresharkWindow(screen, `:${`${display}`.trim()}`, args);
  }

  private constructor(screen: ChildProcess, display: string, args: readonly string[]) {
    this.#screen = screen;
    const settings = join(this.#folder, '.config/wireshark');
    mkdirSync(settings, { recursive: true });
    for (const name of ['recent', 'recent_common']) writeFileSync(join(settings, name), RECENT);
    writeFileSync(join(settings, 'preferences'), PREFERENCES);
    this.#environment = {
      ...process.env,
      DISPLAY: display,
      HOME: this.#folder,
      TMPDIR: this.#folder,
      XDG_CONFIG_HOME: '',
      XDG_RUNTIME_DIR: this.#folder,
      // Threads of tesseract wait for each other by spinning.
      OMP_THREAD_LIMIT: '1',
    };
    this.#wireshark = spawn('wireshark', args, { env: this.#environment, stdio: 'ignore' });
  }

  /** What its title bar would say. */
  async title(): Promise<string> {
    const names = ['search', '--onlyvisible', '--class', 'wireshark', 'getwindowname', '%@'];
    return (await this.#run('xdotool', ...names)).trim();
  }

  /**
   * Resolves when each of the texts was read in the packet list, whatever the spaces in it. Rejects
   * when that takes a minute.
   */
  async shows(...texts: readonly string[]): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    const missing = new Set(texts);
    let packets = '';
    for (let look = 0; performance.now() < end; look++) {
      packets = await this.#readPackets(ENLARGEMENTS[look % ENLARGEMENTS.length] as number);
      for (const text of missing) {
        if (packets.includes(text.replaceAll(' ', ''))) missing.delete(text);
      }
      if (missing.size === 0) return;
      await delay(500);
    }
    throw new Error(`Wireshark's packet list has no ${[...missing].join(', ')}:\n${packets}`);
  }

  /** Clicks on the first word of the picture that is this one, and then types keys. */
  async click(text: string, ...keys: readonly string[]): Promise<void> {
    const word = (await this.#words()).find((each) => each.text === text);
    if (!word) throw new Error(`there is no ${text} in Wireshark's window`);
    await this.#run('xdotool', 'mousemove', `${word.x}`, `${word.y}`, 'click', '1');
    await this.#run('xdotool', 'search', '--onlyvisible', '--class', 'wireshark', 'windowfocus');
    for (const key of keys) await this.#run('xdotool', 'key', key);
  }

  /** @param path of a PNG */
  async save(path: string): Promise<void> {
    await this.#run('import', '-window', 'root', '-strip', path);
  }

  async close(): Promise<void> {
    for (const program of [this.#wireshark, this.#screen]) {
      if (program.exitCode === null && program.kill()) await once(program, 'exit');
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #readPackets(enlargement: number): Promise<string> {
    const list = ['-crop', `${SIZE.width}x${LIST.height}+0+${LIST.y}`, '+repage'];
    return (await this.#recognize(enlargement, LINES, list)).replaceAll(' ', '');
  }

  async #words(): Promise<Word[]> {
    const [enlargement = 1] = ENLARGEMENTS;
    const table = await this.#recognize(enlargement, [...SPARSE, 'tsv']);
    return table.split('\n').map((line) => {
      const cells = line.split('\t');
      const [left = 0, top = 0, width = 0, height = 0] = cells.slice(6, 10).map(Number);
      return {
        text: cells[11] ?? '',
        x: Math.round((left + width / 2) / enlargement),
        y: Math.round((top + height / 2) / enlargement),
      };
    });
  }

  /**
   * @param how arguments of tesseract
   * @param crop arguments of ImageMagick
   */
  async #recognize(
    enlargement: number,
    how: readonly string[],
    crop: readonly string[] = [],
  ): Promise<string> {
    const picture = join(this.#folder, 'picture.png');
    const enlarge = ['-resize', `${100 * enlargement}%`, '-colorspace', 'Gray'];
    await this.#run('import', '-window', 'root', ...crop, ...enlarge, picture);
    return this.#run('tesseract', picture, '-', ...how);
  }

  async #run(command: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await execute(command, args, {
      env: this.#environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
}

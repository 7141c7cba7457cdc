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

const SIZE = { width: 1280, height: 800 };
/** Of the packet list, with its titles. */
const LIST = { y: 90, height: 245 };
/** Letters of 13 pixels are too small to be read. */
const ENLARGED = '200%';

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
    const stdio = ['ignore', 'ignore', 'ignore'] as const;
    this.#wireshark = spawn('wireshark', args, { env: this.#environment, stdio: [...stdio] });
  }

  /** What its title bar would say. */
  async title(): Promise<string> {
    const names = ['search', '--onlyvisible', '--class', 'wireshark', 'getwindowname', '%@'];
    return (await this.#run('xdotool', ...names)).toString().trim();
  }

  /** What stands in the packet list, read from the picture, without spaces. */
  async readPackets(): Promise<string> {
    const list = ['-crop', `${SIZE.width}x${LIST.height}+0+${LIST.y}`, '+repage'];
    const text = await this.#recognize(list, '6');
    return text.replaceAll(' ', '');
  }

  /** Resolves when the packet list has all of the texts. Rejects when it does not for 30 s. */
  async shows(...texts: readonly string[]): Promise<void> {
    const end = performance.now() + 30_000;
    let packets = '';
    while (performance.now() < end) {
      packets = await this.readPackets();
      if (texts.every((text) => packets.includes(text.replaceAll(' ', '')))) return;
      await delay(500);
    }
    throw new Error(`Wireshark's packet list has no ${texts.join(', ')}:\n${packets}`);
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

  async #words(): Promise<Word[]> {
    const table = await this.#recognize([], '11', 'tsv');
    return table.split('\n').map((line) => {
      const cells = line.split('\t');
      const [left = 0, top = 0, width = 0, height = 0] = cells.slice(6, 10).map(Number);
      const enlarged = Number.parseInt(ENLARGED, 10) / 100;
      return {
        text: cells[11] ?? '',
        x: Math.round((left + width / 2) / enlarged),
        y: Math.round((top + height / 2) / enlarged),
      };
    });
  }

  /** @param mode page segmentation mode of tesseract: 6 for lines below each other, 11 for words */
  async #recognize(crop: readonly string[], mode: string, ...format: string[]): Promise<string> {
    const picture = join(this.#folder, 'picture.png');
    const enlarge = ['-resize', ENLARGED, '-colorspace', 'Gray'];
    await this.#run('import', '-window', 'root', ...crop, ...enlarge, picture);
    return (await this.#run('tesseract', picture, '-', '--psm', mode, ...format)).toString();
  }

  async #run(command: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await execute(command, args, {
      env: this.#environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }
}

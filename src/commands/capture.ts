import { existsSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import { GatedCommand } from '../capture/gated-command.ts';
import { LiveCapture } from '../capture/live-capture.ts';
import { listOutputReaders } from '../capture/output-readers.ts';
import { isRunning, listProcessTree } from '../capture/process-tree.ts';
import { raisePriority } from '../capture/reader-priority.ts';
import type { CaptureOptions } from '../command-line/capture-command.ts';
import { requireNoObstacle } from '../doctor/obstacle.ts';
import type { Event } from '../event.ts';
import { canMatchLate, resolveFilters } from '../filters/capture-filters.ts';
import { limitHeapGrowth } from '../heap-growth.ts';
import { parseDestination, pathKind } from '../sink/destination.ts';
import { type Destination, isStdout } from '../sink/destination-name.ts';
import { type Rotation, rotates } from '../sink/rotation.ts';
import { Tally } from '../summary.ts';
import { ExaminedFiles, hasLoadedItsLibraries } from '../targets/examined-files.ts';
import { findLibraries } from '../targets/find-libraries.ts';
import type { Library } from '../targets/library.ts';
import { listProcesses } from '../targets/mapped-files.ts';
import { resolveCommand } from '../targets/resolve-command.ts';
import { Voice } from '../terminal/voice.ts';
import { UsageError, UserError } from '../user-error.ts';
import { CallLimit } from './call-limit.ts';
import { describeLeftOut, describeLibraries, describeProbes } from './capture-report.ts';
import { EventOutputs } from './event-outputs.ts';

const STDOUT = 1;
const STDERR = 2;

/** Linux 7.0 and newer without tracefs. */
const SKIPPED_CALLS =
  'this kernel may leave out system calls while the machine is busy; ' +
  'mount -t tracefs tracefs /sys/kernel/tracing mends it';

/** Of readings that follow each other at once, not each is sent on. */
const FLUSH_MS = 5;
/** How often the ring is read for those who want events at once. */
const AT_ONCE_MS = 2;

/**
 * Captures until a signal, until nobody takes what it captures, or until the command ends.
 *
 * @param command its words; none to capture what runs already
 * @returns the exit code: that of the command, if there is one
 * @throws UserError before any destination is opened, if the capture cannot begin
 */
export async function capture(
  options: CaptureOptions,
  command: readonly string[],
): Promise<number> {
  limitHeapGrowth();
  const destinations = options.destinations.map(parseDestination);
  requireFiles(destinations, options.output.rotation);
  for (const pid of options.pids) {
    if (!isRunning(pid)) throw new UserError(`--pid ${pid}: there is no such process`);
  }
  const program = command[0] === undefined ? undefined : resolveCommand(command[0]);
  const filters = await resolveFilters(options.filters);
  requireNoObstacle();
  const { ringBytes, plain, pids, withChildren } = options;
  const { packetBuffered } = options.output;
  const watchAll = pids.length === 0 && program === undefined;
  const oldSessions = watchAll || pids.length > 0;
  const lateSessions = canMatchLate(options.filters);
  const listNamed = () => (withChildren ? pids.flatMap(listProcessTree) : pids);
  const listPids = () => (watchAll ? listProcesses() : listNamed());
  // The command's threads are held while a library that it needs is probed; others' are not.
  const examined = new ExaminedFiles(watchAll || !listNamed().every(hasLoadedItsLibraries));
  const programs = [...(program ? [program] : []), ...filters.executables.filter(isOnDisk)];
  const libraries = findLibraries(
    { files: options.libraries, pids: listPids(), programs },
    examined,
  );

  const live = new LiveCapture({
    ringBytes,
    plain,
    watchAll,
    oldSessions,
    lateSessions,
    filters,
    snaplen: options.snaplen,
    ...(packetBuffered && { readIntervalMs: AT_ONCE_MS }),
  });
  // On stdout is nothing but the capture, if it goes there.
  const toStdout = destinations.some(isStdout);
  // A command, or who reads stdout, may well write to the same terminal.
  const voice = new Voice(options.loudness, program === undefined && !toStdout);
  const excludeReaders = () => {
    if (program === undefined) for (const pid of listOutputReaders(destinations)) live.exclude(pid);
  };
  const { text, form } = options;
  const priority = raisePriority();
  const outputs = await EventOutputs.open(destinations, live.header, text, form, {
    ...options.output,
    totals: () => live.statistics(),
    onReader: excludeReaders,
    endCapture: () => live.stop(),
    voice,
  });
  for (const pid of pids) withChildren ? live.watch(pid) : live.watchAlone(pid);
  excludeReaders();
  const attached = libraries.filter((library) => attachUnlessGone(live, library));
  for (const library of attached) voice.detail(`probing ${describeProbes(library)}`);
  voice.detail(`connections are learned by ${live.header.connectionSource}`);
  if (live.skipsCalls) voice.warn(SKIPPED_CALLS);

  const commandStdout = toStdout ? STDERR : STDOUT;
  const child =
    program === undefined ? undefined : new GatedCommand(command, commandStdout, priority);
  endWith(live, outputs, child);
  if (options.untilEof) process.stdin.resume().once('end', () => live.stop());
  const pickUp = () => {
    // What is named is captured, and nothing else.
    if (options.libraries.length > 0) return;
    live.pickUp(examined, listPids(), {
      attached: (library) => voice.detail(`picked up ${describeProbes(library)}`),
      failed: (text) => voice.warn(text),
    });
  };
  if (child) {
    live.watchChild(child.pid);
    pickUp();
    await readersOf(outputs, child, voice);
    child.open();
  } else {
    pickUp();
    voice.say(`capturing ${describeLibraries(attached, plain)}; Ctrl-C ends it`);
  }

  const { count = Number.POSITIVE_INFINITY, autostop } = options.limits;
  const timer = autostop && setTimeout(() => live.stop(), autostop * 1000);
  const tally = new Tally();
  voice.startStatus(() => tally.status(live.countLostBytes(), fileBytes(destinations)));
  try {
    const flushMs = packetBuffered ? 0 : FLUSH_MS;
    const limit = new CallLimit(count, options.snaplen);
    const leftOut = await live.run(consumer(live, outputs, tally, limit, flushMs));
    const summary = await outputs.end();
    if (outputs.open) voice.say(tally.line(summary));
    if (leftOut.bytes > 0) voice.say(describeLeftOut(leftOut));
  } finally {
    voice.endStatus();
    clearTimeout(timer);
    await child?.exitCode;
    live.close();
  }
  return (await child?.exitCode) ?? 0;
}

/** False for a file that only a container had, which may be gone with its last process. */
function attachUnlessGone(live: LiveCapture, library: Library): boolean {
  try {
    live.attach(library);
    return true;
  } catch (error) {
    if (existsSync(library.path)) throw error;
    return false;
  }
}

/** @throws UsageError for a rotation of nothing */
function requireFiles(destinations: readonly Destination[], rotation: Rotation): void {
  if (!rotates(rotation)) return;
  const hasFile = destinations.some(({ path }) => path !== undefined && pathKind(path) === 'file');
  if (!hasFile) throw new UsageError('-C and -G rotate files: give -w FILE');
}

/** Programs that run already are looked at as the processes that they are. */
function isOnDisk(path: string): boolean {
  return !path.startsWith('/proc/');
}

/** Of the regular files among them, as they are now. */
function fileBytes(destinations: readonly Destination[]): number | undefined {
  const sizes = destinations.flatMap(({ path }) => {
    const stats = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats.size : [];
  });
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size);
}

/** The command is captured from its first byte: a FIFO that nobody reads would lose that. */
async function readersOf(outputs: EventOutputs, child: GatedCommand, voice: Voice): Promise<void> {
  const ready = outputs.ready();
  if (ready === undefined) return;
  voice.say('waiting for the reader of the FIFO');
  await Promise.race([ready, outputs.stopped, child.exitCode]);
}

/**
 * Stops the capture when its time has come. The command is never stopped, only told of signals.
 */
function endWith(live: LiveCapture, outputs: EventOutputs, child?: GatedCommand): void {
  const stop = () => live.stop();
  outputs.stopped.then(stop);
  child?.exitCode.finally(stop);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (child) process.on(signal, () => passOn(signal, child));
    // Only the first one: the second ends us also while a reader of our output stalls.
    else process.once(signal, stop);
  }
}

function passOn(signal: NodeJS.Signals, child: GatedCommand): void {
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  // A terminal sends its signals to the command as well.
  if (signal === 'SIGTERM' || !hasTerminal) child.kill(signal);
}

function consumer(
  live: LiveCapture,
  outputs: EventOutputs,
  tally: Tally,
  limit: CallLimit,
  flushMs: number,
) {
  let flushed = 0;
  return {
    handle: (event: Event): void => {
      if (limit.reached && event.kind !== 'statistics') return;
      tally.handle(event);
      outputs.handle(event);
      limit.count(event);
      if (limit.reached) live.stop();
    },
    afterBatch: (idle: boolean): Promise<unknown> | undefined => {
      const now = performance.now();
      // Also if nothing was captured: a reader may have come.
      if (idle || now - flushed >= flushMs) {
        outputs.flush();
        flushed = now;
      }
      return outputs.drained();
    },
  };
}

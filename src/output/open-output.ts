import { fstatSync } from 'node:fs';
import { ChunkOutput } from '../sink/chunk-output.ts';
import { openDestination, pathKind } from '../sink/destination.ts';
import type { Destination } from '../sink/destination-name.ts';
import { openPipe } from '../sink/pipe-socket.ts';
import { type Rotation, rotates } from '../sink/rotation.ts';
import { SocketSink } from '../sink/socket-sink.ts';
import { formatTcpAddress } from '../sink/tcp-address.ts';
import type { Voice } from '../terminal/voice.ts';
import type { EventOutput } from './event-output.ts';
import { BOUNDARIES, createEventWriter, type EventFormat } from './event-writer.ts';
import { FifoOutput } from './fifo-output.ts';
import { LiveReader, type ReaderHooks } from './live-reader.ts';
import { RotatingOutput } from './rotating-output.ts';
import { MAX_WAITING_FOR_DISK, SteadyOutput } from './steady-output.ts';
import { TcpOutput } from './tcp-output.ts';

/** What a capture that runs now has to do with its destinations. */
export interface LiveOutputOptions extends ReaderHooks {
  /** Of files. */
  readonly rotation: Rotation;
  readonly voice: Pick<Voice, 'say' | 'warn'>;
}

/**
 * Opens a destination that gets every event, whoever has to wait for it; a file is emptied.
 *
 * @param maxWaiting chunks that may wait for it
 *
 * Rejects with a DestinationError.
 */
export async function openSteadyOutput(
  destination: Destination,
  format: EventFormat,
  maxWaiting?: number,
): Promise<EventOutput> {
  const sink = await openDestination(destination, BOUNDARIES[format.format]);
  const output = new ChunkOutput(sink, { maxWaiting });
  return new SteadyOutput(createEventWriter(format, output), output);
}

/**
 * Opens a destination of a capture that runs now and waits for nobody but the disk: files may
 * rotate, and readers may come and go.
 *
 * Rejects with a DestinationError.
 */
export async function openLiveOutput(
  destination: Destination,
  format: EventFormat,
  options: LiveOutputOptions,
): Promise<EventOutput> {
  const { path, tcp } = destination;
  if (tcp) {
    const output = await TcpOutput.listen(tcp, format, options);
    tellOf(output, options);
    return output;
  }
  if (path === undefined) {
    const sink = openStdoutPipe();
    if (sink) return new LiveReader(sink, format, options.soFar);
  } else {
    const kind = pathKind(path);
    if (kind === 'fifo') return new FifoOutput(path, format, options);
    if (kind === 'file' && rotates(options.rotation)) {
      return RotatingOutput.open({ ...options, template: path, format });
    }
  }
  return openSteadyOutput(destination, format, MAX_WAITING_FOR_DISK);
}

function tellOf({ address, isOpenToOthers }: TcpOutput, { voice }: LiveOutputOptions): void {
  const place = formatTcpAddress(address);
  voice.say(`tcp://${place}: wireshark -k -i TCP@${place}`);
  if (!isOpenToOthers) return;
  voice.warn(`tcp://${place} is open to other machines: who connects reads plaintext`);
}

const STDOUT = 1;

/** Undefined if stdout is no pipe, or one that others may not open. */
function openStdoutPipe(): SocketSink | undefined {
  if (!fstatSync(STDOUT).isFIFO()) return undefined;
  try {
    const socket = openPipe(`/proc/self/fd/${STDOUT}`);
    return socket && new SocketSink(socket);
  } catch {
    return undefined;
  }
}

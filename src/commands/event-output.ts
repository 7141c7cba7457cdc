import type { CaptureHeader, EventHandler } from '../event.ts';
import type { FileForm } from '../flow/file-form.ts';
import { loadUsableAddon } from '../native/addon.ts';
import { blockBoundary } from '../pcap-writer/index.ts';
import { createPcapngPipeline } from '../pipeline.ts';
import { itemBoundary } from '../recording/item-boundary.ts';
import { RecordingWriter } from '../recording/recording-writer.ts';
import { ChunkOutput } from '../sink/chunk-output.ts';
import { openDestination } from '../sink/destination.ts';
import type { Destination, Format } from '../sink/destination-name.ts';
import type { Boundary } from '../sink/file-sink.ts';
import type { Shortfall } from '../summary.ts';
import { createPrinter } from '../text/printer.ts';
import { lineBoundary } from '../text/text-output.ts';
import type { TextStyle } from '../text/text-style.ts';

const BOUNDARIES: Record<Format, Boundary> = {
  pcapng: blockBoundary,
  recording: itemBoundary,
  text: lineBoundary,
};

/** One destination of events, in the format that it is for. */
export interface EventOutput {
  readonly handle: EventHandler;
  readonly output: ChunkOutput;
  /** Writes what can be told at the end only. The output is ended separately. */
  finish(): Shortfall | undefined;
}

/**
 * Opens a destination; a file is emptied, and gets the begin of its format.
 *
 * Rejects with a DestinationError.
 *
 * @param style of a text
 * @param form of a pcapng file
 */
export async function openEventOutput(
  destination: Destination,
  header: CaptureHeader,
  style: TextStyle,
  form: FileForm,
): Promise<EventOutput> {
  const { format } = destination;
  const output = new ChunkOutput(await openDestination(destination, BOUNDARIES[format]));
  if (format === 'recording') {
    const { handle } = new RecordingWriter(header, output);
    return { handle, output, finish: () => undefined };
  }
  if (format === 'text') {
    const printer = createPrinter(header, output, style);
    return { handle: printer.handle, output, finish: printer.end };
  }
  const pipeline = createPcapngPipeline(header, output, {
    form,
    copyBulk: loadUsableAddon()?.copyAndSum,
  });
  return { handle: pipeline.handle, output, finish: pipeline.end };
}

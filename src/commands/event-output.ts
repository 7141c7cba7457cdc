import type { CaptureHeader, EventHandler } from '../event.ts';
import type { Summary } from '../flow/summary.ts';
import { blockBoundary } from '../pcap-writer/index.ts';
import { createPcapngPipeline } from '../pipeline.ts';
import { itemBoundary } from '../recording/item-boundary.ts';
import { RecordingWriter } from '../recording/recording-writer.ts';
import { ChunkOutput } from '../sink/chunk-output.ts';
import { type Destination, openDestination } from '../sink/destination.ts';

/** One destination of events, in the format that it is for. */
export interface EventOutput {
  readonly handle: EventHandler;
  readonly output: ChunkOutput;
  /** Writes what can be told at the end only. The output is ended separately. */
  finish(): Summary | undefined;
}

/**
 * Opens a destination; a file is emptied, and gets the begin of its format.
 *
 * Rejects with a DestinationError.
 */
export async function openEventOutput(
  destination: Destination,
  header: CaptureHeader,
): Promise<EventOutput> {
  const isRecording = destination.kind === 'recording';
  const boundary = isRecording ? itemBoundary : blockBoundary;
  const output = new ChunkOutput(await openDestination(destination, boundary));
  if (isRecording) {
    const { handle } = new RecordingWriter(header, output);
    return { handle, output, finish: () => undefined };
  }
  const pipeline = createPcapngPipeline(header, output);
  return { handle: pipeline.handle, output, finish: pipeline.end };
}

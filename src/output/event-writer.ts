import type { CaptureHeader, Event, EventHandler } from '../event.ts';
import type { FileForm } from '../flow/file-form.ts';
import { loadUsableAddon } from '../native/addon.ts';
import { blockBoundary } from '../pcap-writer/index.ts';
import { createPcapngPipeline } from '../pipeline.ts';
import { itemBoundary } from '../recording/item-boundary.ts';
import { RecordingWriter } from '../recording/recording-writer.ts';
import type { ChunkOutput } from '../sink/chunk-output.ts';
import type { Format } from '../sink/destination-name.ts';
import type { Boundary } from '../sink/file-sink.ts';
import type { Shortfall } from '../summary.ts';
import { createPrinter } from '../text/printer.ts';
import { lineBoundary } from '../text/text-output.ts';
import type { TextStyle } from '../text/text-style.ts';

/** What is written of a capture. */
export interface EventFormat {
  readonly format: Format;
  readonly header: CaptureHeader;
  /** Of a text. */
  readonly style: TextStyle;
  /** Of a pcapng file. */
  readonly form: FileForm;
}

/** Writes events, in one format, from the begin of a file to its end. */
export interface EventWriter {
  readonly handle: EventHandler;
  /** The same without data, for which there is no room. */
  readonly miss: EventHandler;
  /** Writes what can be told at the end only. Once, after the last event. */
  end(): Shortfall | undefined;
}

export const BOUNDARIES: Record<Format, Boundary> = {
  pcapng: blockBoundary,
  recording: itemBoundary,
  text: lineBoundary,
};

/** @param startNs when the file begins */
export function createEventWriter(
  { format, header, style, form }: EventFormat,
  output: ChunkOutput,
  startNs = 0,
): EventWriter {
  if (format === 'pcapng') {
    const addon = loadUsableAddon();
    const repeater = addon && new addon.FrameRepeater();
    return createPcapngPipeline(header, output, { form, startNs, repeater });
  }
  if (format === 'text') {
    const { handle, end } = createPrinter(header, output, style);
    return { handle, miss: withoutData(handle), end };
  }
  const { handle } = new RecordingWriter(header, output);
  return { handle, miss: withoutData(handle), end: () => undefined };
}

/** What is missing is told by the position of the next data. */
function withoutData(handle: EventHandler): EventHandler {
  return (event: Event) => {
    if (event.kind !== 'data') handle(event);
  };
}

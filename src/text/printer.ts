import type { CaptureHeader, EventHandler } from '../event.ts';
import { JsonPrinter } from './json-printer.ts';
import type { TextOutput } from './text-output.ts';
import { TextPrinter } from './text-printer.ts';
import type { TextStyle } from './text-style.ts';

/** Shows what the events tell, at once. */
export interface Printer {
  readonly handle: EventHandler;
  /** Called once, after the last event. */
  end(): void;
}

/** The way of events into a text. */
export function createPrinter(
  header: CaptureHeader,
  output: TextOutput,
  style: TextStyle,
): Printer {
  if (!style.json) return new TextPrinter(header, output, style);
  const { handle } = new JsonPrinter(header, output);
  return { handle, end: () => {} };
}

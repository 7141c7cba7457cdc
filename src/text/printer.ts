import type { CaptureHeader, EventHandler } from '../event.ts';
import type { Shortfall } from '../summary.ts';
import { JsonPrinter } from './json-printer.ts';
import type { TextOutput } from './text-output.ts';
import { TextPrinter } from './text-printer.ts';
import type { TextStyle } from './text-style.ts';

/** Shows what the events tell, at once. */
export interface Printer {
  readonly handle: EventHandler;
  /** Called once, after the last event. */
  readonly end: () => Shortfall;
}

/** The way of events into a text. */
export function createPrinter(
  header: CaptureHeader,
  output: TextOutput,
  style: TextStyle,
): Printer {
  return style.json ? new JsonPrinter(header, output) : new TextPrinter(header, output, style);
}

import type { CaptureHeader, EventHandler } from './event.ts';
import { DEFAULT_FORM, type FileForm } from './flow/file-form.ts';
import { FLOW_LIMITS, type FlowLimits } from './flow/flow-limits.ts';
import { FlowTable } from './flow/flow-table.ts';
import type { Summary } from './flow/summary.ts';
import { type BlockOutput, PcapngSection } from './pcap-writer/index.ts';
import { FrameRepeater, type NativeFrameRepeater } from './tcp/frame-repeater.ts';
import { SegmentWriter } from './tcp/segment-writer.ts';

export interface PcapngPipeline {
  /** Writes what the event tells to the output, at once. */
  readonly handle: EventHandler;
  /** The same without its data, which the output has no room for: that is told as missed. */
  readonly miss: EventHandler;
  /** Writes what can be told at the end only. Called once, after the last event. */
  end(): Summary;
}

export interface PipelineOptions {
  readonly form?: FileForm;
  readonly limits?: FlowLimits;
  /** When the file begins; of what was before, `LiveState` tells. */
  readonly startNs?: number;
  /** Writes the same as we do, in less time. */
  readonly repeater?: NativeFrameRepeater | undefined;
}

/** The way of events into a pcapng file: flows, synthesized segments, blocks. */
export function createPcapngPipeline(
  header: CaptureHeader,
  output: BlockOutput,
  { form = DEFAULT_FORM, limits = FLOW_LIMITS, startNs = 0, repeater }: PipelineOptions = {},
): PcapngPipeline {
  const section = new PcapngSection(output, {
    timeBaseEpochNs: header.start.epochNs,
    os: header.kernel,
    userAppl: `plaincap ${header.plaincapVersion}`,
    comments: [commentOf(header)],
  });
  const writer = new SegmentWriter(section, output, repeater && new FrameRepeater(repeater));
  const flows = new FlowTable(section, writer, form, limits, header.snaplen, startNs);
  return { handle: flows.handle, miss: flows.miss, end: () => flows.end() };
}

function commentOf({ hostname, connectionSource, snaplen }: CaptureHeader): string {
  const calls = snaplen === undefined ? '' : `; of each call up to ${snaplen} bytes`;
  return `captured on ${hostname}; connections by ${connectionSource}${calls}`;
}

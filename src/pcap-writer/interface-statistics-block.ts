import { beginBlock } from './block.ts';
import type { BlockOutput } from './block-output.ts';
import { counterOption, timestampOption } from './options.ts';
import type { TimeBase } from './timestamp.ts';

const BLOCK_TYPE = 0x00000005;
const OPTIONS_OFFSET = 20;

const ISB_STARTTIME = 2;
const ISB_ENDTIME = 3;
const ISB_IFRECV = 4;
const ISB_IFDROP = 5;

/** Times are nanoseconds since the section's time base. */
export interface InterfaceStatistics {
  /** isb_starttime: when the capture began on the interface. */
  startTimeNs: number;
  /** isb_endtime: when it ended. */
  endTimeNs: number;
  /** isb_ifrecv: packets that came to the interface, dropped ones included. */
  received: number;
  /** isb_ifdrop: those of them that were lost before they reached the file. */
  dropped: number;
}

/**
 * Interface Statistics Block (section 4.6), taken when the capture ended.
 *
 * @throws RangeError for a time without timestamp and a count that is no whole number
 */
export function encodeInterfaceStatisticsBlock(
  output: BlockOutput,
  interfaceId: number,
  timeBase: TimeBase,
  statistics: InterfaceStatistics,
): void {
  const { startTimeNs, endTimeNs, received, dropped } = statistics;
  const options = [
    timestampOption(ISB_STARTTIME, timeBase, startTimeNs),
    timestampOption(ISB_ENDTIME, timeBase, endTimeNs),
    counterOption(ISB_IFRECV, received),
    counterOption(ISB_IFDROP, dropped),
  ];

  const block = beginBlock(output, BLOCK_TYPE, OPTIONS_OFFSET, options);
  const { view } = output;
  view.setUint32(block + 8, interfaceId, true);
  view.setUint32(block + 12, timeBase.upperWord(endTimeNs), true);
  view.setUint32(block + 16, timeBase.lowerWord(endTimeNs), true);
}

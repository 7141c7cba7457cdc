import type { Direction, StatisticsEvent } from '../event.ts';

/** What a file holds, and what it does not. Counts of bytes are of plaintext. */
export interface Summary {
  /** Connections of which data stands in the file. */
  connections: number;
  /** Sessions whose data stands under synthetic addresses, as their connection is unknown. */
  unknownConnectionSessions: number;
  /** Bytes that stand in the file. */
  bytes: Record<Direction, number>;
  /** Bytes that should, by where they are missing in their session's direction. */
  lostBytes: { atStart: number; between: number; atEnd: number };
  /** Captured bytes that are left out, as no reader could find the message that they are of. */
  leftOutBytes: number;
  /** Bytes that stand in the file as those of the connection's other end. */
  mirroredBytes: number;
  /** The last totals of the capture itself, with the reasons of the losses. */
  statistics: StatisticsEvent | undefined;
}

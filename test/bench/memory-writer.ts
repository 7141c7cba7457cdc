// memory-writer FILE BYTES EVENT_BYTES: writes payload as plaincap does, of events in memory.
import { writeEvents } from './recording-maker.ts';

const [path = '', bytes, eventBytes] = process.argv.slice(2);
await writeEvents(path, { bytes: Number(bytes), eventBytes: Number(eventBytes) });

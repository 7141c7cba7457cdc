import { LiveCapture } from '../capture/live-capture.ts';
import { loadAddon } from '../native/addon.ts';
import type { CaptureTrial } from './machine.ts';

/** The smallest ring buffer, a page: nothing is captured. */
const RING_BYTES = 4096;

/** Loads what a capture would load, and attaches it to nothing. */
export class LiveTrial implements CaptureTrial {
  #programs: ReturnType<CaptureTrial['loadPrograms']> | undefined;

  loadAddon(): { error?: string } {
    try {
      loadAddon();
      return {};
    } catch (error) {
      return { error: firstLine(error) };
    }
  }

  loadPrograms(): { error: string } | { connectionSource: string } {
    this.#programs ??= loadPrograms();
    return this.#programs;
  }
}

function loadPrograms(): { error: string } | { connectionSource: string } {
  try {
    const capture = new LiveCapture({
      ringBytes: RING_BYTES,
      watchAll: false,
      oldSessions: true,
      plain: false,
    });
    try {
      capture.loadAll();
      return { connectionSource: capture.header.connectionSource };
    } finally {
      capture.close();
    }
  } catch (error) {
    return { error: firstLine(error) };
  }
}

/** libbpf's log stands in the lines after it. */
function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] ?? '';
}

import { setFlagsFromString } from 'node:v8';

/**
 * V8 collects garbage when its heap has grown by so much since the last time. By itself it lets it
 * grow to four times that size, which for a capture of many connections is hundreds of MiB.
 */
const HEAP_GROWING_PERCENT = 50;

/**
 * Each event goes through some thirty small functions on its way to the file. V8 puts them into one
 * as far as so many bytes of bytecode allow, by itself 460 and 920: that takes a fifth more time.
 */
const MAX_INLINED_BYTES = 2000;
const MAX_INLINED_BYTES_IN_ALL = 6000;

/** For commands that many events go through; before the first of them. */
export function tuneV8(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  setFlagsFromString(`--max-inlined-bytecode-size=${MAX_INLINED_BYTES}`);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${MAX_INLINED_BYTES_IN_ALL}`);
}

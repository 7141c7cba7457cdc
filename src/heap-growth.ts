import { setFlagsFromString } from 'node:v8';

const GROWING_PERCENT = 50;

/**
 * V8 collects garbage when its heap has grown by so much since the last time. By itself it lets it
 * grow to four times that size, which for a capture of many connections is hundreds of MiB.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}

/** Everything once and small, to see that it runs; its figures say nothing. */
export const IS_TRIAL = process.env.BENCH_TRIAL === '1';

export const ROUNDS = IS_TRIAL ? 1 : Number(process.env.BENCH_ROUNDS ?? 3);

/** That a variant of a workload runs. */
export const SECONDS = IS_TRIAL ? 0.2 : Number(process.env.BENCH_SECONDS ?? 3);

/** Of payload that is exported. */
export const EXPORT_BYTES = IS_TRIAL ? 2e6 : Number(process.env.BENCH_BYTES ?? 1e9);

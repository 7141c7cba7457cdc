/**
 * Makes the samples again, all of them or those that are named:
 *
 *     npm run samples [-- NAME...]             captures, as root, and makes the goldens
 *     npm run samples -- --golden [NAME...]    makes the goldens of the recordings that are there
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { captureSample } from './capture-sample.ts';
import { makeGolden } from './golden.ts';
import { SAMPLES } from './samples.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values, positionals } = parseArgs({
  options: { golden: { type: 'boolean' } },
  allowPositionals: true,
});
const samples = SAMPLES.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);
if (samples.length < positionals.length) {
  throw new Error(`the samples are ${SAMPLES.map(({ name }) => name).join(', ')}`);
}
for (const sample of samples) {
  console.error(`${sample.name}: ${sample.what}`);
  if (!values.golden) await captureSample(sample, `samples/${sample.name}.cbor`);
  await makeGolden(sample);
}

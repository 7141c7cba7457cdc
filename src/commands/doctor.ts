import { LiveTrial } from '../doctor/live-trial.ts';
import { examine, findingLine } from '../doctor/report.ts';
import { thisMachine } from '../doctor/this-machine.ts';

/** Prints what a capture needs and what there is of it. Returns the exit code. */
export function doctor(): number {
  const findings = examine(thisMachine(new LiveTrial()));
  for (const finding of findings) console.log(findingLine(finding));
  return findings.some(({ status }) => status === 'no') ? 1 : 0;
}

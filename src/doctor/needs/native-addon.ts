import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'native addon';

export function nativeAddon({ trial }: Machine): Finding {
  const { error } = trial.loadAddon();
  if (error === undefined) return { status: 'ok', need, found: 'loads' };
  return { status: 'no', need, found: error, mend: 'npm run setup' };
}

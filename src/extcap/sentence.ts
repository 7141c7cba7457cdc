import { safeName } from '../text/safe-name.ts';

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A line of what an extcap program answers, such as `value {arg=0}{value=1}{display=curl}`
 * (Wireshark's doc/README.extcap). Parameters that are undefined are left out. A brace in one would
 * end it, so that there is a parenthesis instead.
 */
export function sentence(word: string, parameters: Parameters): string {
  const parts = Object.entries(parameters).map(([name, value]) =>
    value === undefined ? '' : `{${name}=${withoutBraces(safeName(`${value}`))}}`,
  );
  return `${word} ${parts.join('')}`;
}

function withoutBraces(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')');
}

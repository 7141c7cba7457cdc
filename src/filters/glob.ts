/** One element of a pattern: `*`, or what takes exactly one character. */
export type GlobElement =
  | { readonly kind: 'star' }
  | { readonly kind: 'one'; takes(code: number): boolean };

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The pattern's elements, as glob(7) has them; `\` takes a character's meaning away. */
export function parseGlob(pattern: string): GlobElement[] {
  const elements: GlobElement[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const set = readSet(pattern, at);
    if (pattern[at] === '*') {
      elements.push({ kind: 'star' });
    } else if (pattern[at] === '?') {
      elements.push({ kind: 'one', takes: () => true });
    } else if (set) {
      elements.push(set.element);
      at = set.end;
    } else {
      if (pattern[at] === '\\' && at + 1 < pattern.length) at++;
      const literal = pattern.charCodeAt(at);
      elements.push({ kind: 'one', takes: (code) => code === literal });
    }
  }
  return elements;
}

/** True if the pattern may match more than one text. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Does the whole text match? In time of their product, whatever the pattern. */
export function matchesGlob(elements: readonly GlobElement[], text: string): boolean {
  let reached = new Set([0]);
  for (let at = 0; at <= text.length; at++) {
    const next = new Set<number>();
    // A set is walked in the order of its growth: what a star leads to is walked as well.
    for (const state of reached) {
      const element = elements[state];
      if (element?.kind === 'star') {
        reached.add(state + 1);
        next.add(state);
      } else if (element?.takes(text.charCodeAt(at))) {
        next.add(state + 1);
      }
    }
    if (at === text.length) break;
    reached = next;
  }
  return reached.has(elements.length);
}

/** `[abc]`, `[a-z]`, `[!a-z]` at this place; a `]` that comes first is one of the set. */
function readSet(pattern: string, at: number): { element: GlobElement; end: number } | undefined {
  if (pattern[at] !== '[') return undefined;
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const first = at + (negated ? 2 : 1);
  const end = pattern.indexOf(']', first + 1);
  if (end === -1) return undefined;
  const ranges: Range[] = [];
  for (let place = first; place < end; place++) {
    const from = pattern.charCodeAt(place);
    const isRange = pattern[place + 1] === '-' && place + 2 < end;
    if (isRange) place += 2;
    ranges.push({ from, to: pattern.charCodeAt(place) });
  }
  const takes = (code: number) =>
    ranges.some(({ from, to }) => code >= from && code <= to) !== negated;
  return { element: { kind: 'one', takes }, end };
}

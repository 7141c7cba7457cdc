type Tree = { [key: string]: unknown };

/** What HTTP/2's frames have of the body that they end, and so of frames before. */
const OF_OTHER_FRAMES = /^http2\.(data\.data|body)/;
/** Of the request that Wireshark takes a response for the answer to: it counts those that it sees. */
const OF_REQUEST = 'http.response_for.uri';
/** What is made of all headers of a frame. */
const OF_ALL_HEADERS = /^http2\.(header\.length|request\.full_uri)$/;
const HEAD = /^http\.(request|response)\.line$/;
const HEADER_NAME = 'http2.header.name';
/** Its name if it is an entry of HPACK's table that Wireshark does not have. */
const UNKNOWN = '<unknown>';
/** How it is encoded: known even then. */
const ENCODING = ['http2.header.repr', 'http2.header.index'];

/**
 * Whether a message, as tshark shows it on the wire, is the one that it shows in a capture that
 * began later or lost bytes.
 *
 * @param isWhole whether the capture has all of its body, too
 */
export function isSaid(truth: string, seen: string, isWhole: boolean): boolean {
  if (truth === seen) return true;
  const [one, other] = [truth, seen].map((text) => JSON.parse(text.slice(text.indexOf(' ') + 1)));
  if (truth.startsWith('http ') && !isWhole) return isEqual(headOf(one), headOf(other));
  return isEqual(one, other);
}

function headOf(tree: Tree): unknown {
  return Object.entries(tree).filter(([key]) => HEAD.test(key));
}

function isEqual(truth: unknown, seen: unknown): boolean {
  if (truth === null || typeof truth !== 'object') return truth === seen;
  if (seen === null || typeof seen !== 'object') return false;
  return comparableKeys(truth as Tree, seen as Tree).every((key) =>
    isEqual((truth as Tree)[key], (seen as Tree)[key]),
  );
}

function comparableKeys(truth: Tree, seen: Tree): string[] {
  if (seen[HEADER_NAME] === UNKNOWN) return ENCODING;
  const keys = Object.keys(truth).filter((key) => key !== OF_REQUEST && !OF_OTHER_FRAMES.test(key));
  const isAllKnown = !JSON.stringify(seen).includes(UNKNOWN);
  return isAllKnown ? keys : keys.filter((key) => !OF_ALL_HEADERS.test(key));
}

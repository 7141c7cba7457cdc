import { succeed } from './program.ts';

/** What a server answered to curl, and the port that curl asked from. */
export interface CurlAnswer {
  /** Head and body, as they came. */
  bytes: Buffer;
  clientPort: number;
}

/** Asks for one URL after another by IPv4, each over a connection of its own. */
export async function askByCurl(urls: readonly string[]): Promise<CurlAnswer[]> {
  const answers: CurlAnswer[] = [];
  for (const url of urls) {
    const flags = ['-4', '-s', '-k', '-i', '--http1.1', '-w', '\n%{local_port}'];
    const printed = await succeed('curl', [...flags, url]);
    const end = printed.lastIndexOf('\n');
    answers.push({
      bytes: printed.subarray(0, end),
      clientPort: Number(printed.toString('latin1', end + 1)),
    });
  }
  return answers;
}

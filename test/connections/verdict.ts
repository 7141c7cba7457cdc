/** How what plaincap told compares with the truth. */
export class Verdict {
  right = 0;
  /** On the connection of another message, or otherwise not true. */
  wrong = 0;
  /** Under synthetic addresses, as the connection was not known. */
  unknown = 0;
  /** A line for each that is not right. */
  readonly complaints: string[] = [];

  count(subject: string, finding: Finding): void {
    if (finding === 'right') {
      this.right++;
    } else if (finding === 'unknown') {
      this.unknown++;
      this.complaints.push(`${subject}: connection unknown`);
    } else {
      this.wrong++;
      this.complaints.push(`${subject}: ${finding.wrong}`);
    }
  }

  get total(): number {
    return this.right + this.wrong + this.unknown;
  }
}

export type Finding = 'right' | 'unknown' | { wrong: string };

/**
 * The markup of a receiver. Every function takes foreign text, cleaned but not escaped, and answers markup in which
 * nothing of it is live: no mention, link, tag or emphasis.
 */
export interface Dialect {
  /** Plain words, in one line or several. */
  readonly text: (foreign: string) => string;
  /** One line that stands out. */
  readonly bold: (foreign: string) => string;
  /** One line of code. */
  readonly code: (foreign: string) => string;
  /** A block of code. */
  readonly fence: (foreign: string) => string;
  /** @param url Of `Presentation.links`: without characters that end a link. */
  readonly link: (label: string, url: string) => string;
  /** Ends a line. */
  readonly lineBreak: string;
  /** The length of markup as the receiver counts it. */
  readonly measure: (markup: string) => number;
  /** A time that each reader sees in the own zone. Left out: the time in UTC. @param at Epoch milliseconds. */
  readonly instant?: (at: number, now: number, precision: "seconds" | undefined) => string;
}

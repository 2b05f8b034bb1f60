import { cutMiddle } from "../lib/cut-middle.ts";
import { oneLine } from "../lib/text.ts";

/** Enough for the sentence that says what is wrong. */
const LONGEST_QUOTE = 160;

/** Shorter parts of an address are words rather than secrets. */
const SHORTEST_PART = 8;

/** The parts of an answer that are quoted. */
export interface QuotableAnswer {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whether an answer is a page for people, such as that of a login or a proxy. JSON is none, whatever it is called. */
export function isHtml({ headers, body }: QuotableAnswer): boolean {
  const isCalledSo = /^text\/html\b/iu.test(headers["content-type"] ?? "");
  return (isCalledSo && !/^\s*[[{]/u.test(body)) || /^\s*<(?:!doctype html|html)\b/iu.test(body);
}

/**
 * A piece of the body for an error: one line, without control characters and markup, cut after secrets were removed; ""
 * for an empty body.
 *
 * @param url Its path and query may be a secret, and some receivers repeat it.
 * @param scrub Removes the known secrets.
 */
export function quoteAnswer(answer: QuotableAnswer, url: string, scrub: (text: string) => string): string {
  const text = isHtml(answer) ? pageOf(answer.body) : answer.body;
  return cutMiddle(oneLine(scrub(withoutPartsOf(url, text))), LONGEST_QUOTE);
}

function pageOf(html: string): string {
  const title = /<title[^>]*>([^<]*)/iu.exec(html)?.[1]?.trim() ?? "";
  return title === "" ? "an HTML page" : `an HTML page, “${title}”`;
}

function withoutPartsOf(address: string, text: string): string {
  const url = URL.parse(address);
  if (url === null) return text;
  const parts = [...url.pathname.split("/"), ...url.searchParams.values(), url.username, url.password]
    .flatMap((part) => [part, decoded(part), encodeURIComponent(part)])
    .filter((part) => part.length >= SHORTEST_PART)
    .toSorted((a, b) => b.length - a.length);
  return parts.reduce((rest, part) => rest.replaceAll(part, "[redacted]"), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

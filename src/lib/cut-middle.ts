/** Stands for the part that is missing; it counts towards the limit. */
const MARK = "…";

/**
 * Cuts a text to at most `limit` UTF-16 code units, between code points, in its middle: the beginning of a message says
 * what failed, and its end says why. Lone surrogates become U+FFFD, as they would on the wire.
 */
export function cutMiddle(text: string, limit: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= limit) return whole;
  if (limit <= 0) return "";
  const room = limit - MARK.length;
  let end = Math.ceil(room / 2);
  let start = whole.length - (room - end);
  if (isLowSurrogate(whole.charCodeAt(end))) end -= 1;
  if (isLowSurrogate(whole.charCodeAt(start))) start += 1;
  return whole.slice(0, end) + MARK + whole.slice(start);
}

/** As `cutMiddle`, with the limit in UTF-8 bytes. */
export function cutMiddleBytes(text: string, limit: number): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= limit) return whole;
  const room = limit - Buffer.byteLength(MARK);
  if (room < 0) return "";
  const beginning = withinBytes(whole, Math.ceil(room / 2));
  const points = Array.from(whole.slice(beginning.length));
  const ending = withinBytes(points.toReversed(), room - Buffer.byteLength(beginning));
  return beginning + MARK + whole.slice(whole.length - ending.length);
}

/** The first code points that fit into so many bytes. */
function withinBytes(points: Iterable<string>, bytes: number): string {
  let left = bytes;
  let text = "";
  for (const point of points) {
    left -= Buffer.byteLength(point);
    if (left < 0) break;
    text += point;
  }
  return text;
}

/** Whether a text is the whole one, or what a cut left of it. */
export function isCutOf(cut: string, whole: string): boolean {
  if (cut === whole) return true;
  if (cut.length >= whole.length) return false;
  for (let at = cut.indexOf(MARK); at !== -1; at = cut.indexOf(MARK, at + 1)) {
    if (whole.startsWith(cut.slice(0, at)) && whole.endsWith(cut.slice(at + MARK.length))) return true;
  }
  return false;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

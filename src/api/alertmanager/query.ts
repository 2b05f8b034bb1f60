import type { LabelTest } from "./matcher.ts";
import { parseMatcher, type ParsedMatcher } from "./parse-matcher.ts";

/** Each alert is held against each of them. */
const MOST_MATCHERS = 50;

/** Words of go-swagger, by which Alertmanager reads yes (github.com/go-openapi/swag, `ConvertBool`), and their opposites. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "t", "yes", "y", "on", "ok", "enabled"].map((word) => [word, true] as const),
  ...["false", "0", "f", "no", "n", "off", "disabled"].map((word) => [word, false] as const),
]);

/** Thrown where a parameter is wrong; the message is for the caller. */
export class WrongQuery extends Error {}

/** The value of a yes-or-no parameter, all of which are yes by default. @throws {WrongQuery} for another word. */
export function flagOf(query: URLSearchParams, name: string): boolean {
  const text = query.get(name) ?? "";
  if (text === "") return true;
  const flag = FLAGS.get(text.toLowerCase());
  if (flag === undefined)
    throw new WrongQuery(`${name}: expected true or false, not ${JSON.stringify(text)}`);
  return flag;
}

/** The matchers of a parameter that may be repeated. @throws {WrongQuery} for one that cannot be parsed. */
export function matchersOf(query: URLSearchParams, name: string): readonly ParsedMatcher[] {
  const texts = query.getAll(name);
  if (texts.length > MOST_MATCHERS)
    throw new WrongQuery(`${name}: ${texts.length} matchers; at most ${MOST_MATCHERS} are allowed`);
  return texts.map((text) => {
    const parsed = parseMatcher(text);
    if (typeof parsed === "string") throw new WrongQuery(`${name}: ${parsed}`);
    return parsed;
  });
}

/** Whether all of these hold. */
export function allHold(matchers: readonly ParsedMatcher[]): LabelTest {
  return (labels) => matchers.every(({ test }) => test(labels));
}

import { nearest } from "./nearest.ts";

/** A longer list is no help. */
const MOST_LISTED = 40;

/** A shorter word is no abbreviation of one name. */
const SHORTEST_BEGINNING = 3;

/** Says that nothing has this name: `unknown sink "opps"; did you mean "ops"?`. */
export function unknownName(what: string, name: string, known: Iterable<string>): string {
  return `unknown ${what} ${JSON.stringify(name)}; ${suggestion(name, known)}`;
}

/** The name that was probably meant, else the names that there are: `known: ops, log`. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names) ?? onlyBeginning(name, names);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  if (names.length === 0) return "there is none";
  const more = names.length - MOST_LISTED;
  return `known: ${names.slice(0, MOST_LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The one name that begins with this word: `crit` for `critical`. */
function onlyBeginning(word: string, names: readonly string[]): string | undefined {
  if (word.length < SHORTEST_BEGINNING) return undefined;
  const [found, ...more] = names.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
  return more.length === 0 ? found : undefined;
}

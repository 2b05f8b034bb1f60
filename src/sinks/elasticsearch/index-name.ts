import { z } from "zod";

/** Elasticsearch, "Create index", path parameters: lower case, none of these, no _ - + at the start, 255 bytes. */
const NOT_IN_NAMES = /[A-Z\\/*?"<>| ,#:]/u;

const LONGEST_NAME = 255;

const DATE = /\{([^{}]*)\}/gu;

/** `events-{yyyy.MM.dd}`: a name with the day, the month or the year of a record in it. */
export const IndexName = z.string().superRefine((name, context) => {
  const fault = faultOf(name);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

function faultOf(name: string): string | undefined {
  for (const [, date = ""] of name.matchAll(DATE)) {
    if (!/^yyyy(?:[._-]?MM(?:[._-]?dd)?)?$/u.test(date))
      return `no form of a date: {${date}}; write {yyyy.MM.dd}, {yyyy.MM} or {yyyy}`;
  }
  const plain = name.replaceAll(DATE, "0000.00.00");
  if (NOT_IN_NAMES.test(plain) || /[{}]/u.test(plain))
    return 'an index has lower-case letters, and none of \\ / * ? " < > | blank , # : { }';
  if (/^[_+-]/u.test(plain)) return "an index does not begin with _ - or +";
  const isShort = plain !== "" && Buffer.byteLength(plain) <= LONGEST_NAME;
  return isShort ? undefined : `an index has 1 to ${LONGEST_NAME} bytes`;
}

/** The name of the index of a record. @param time RFC 3339, UTC. */
export function indexOf(name: string, time: string): string {
  return name.includes("{")
    ? name.replaceAll(DATE, (_, date: string) =>
        date
          .replace("yyyy", time.slice(0, 4))
          .replace("MM", time.slice(5, 7))
          .replace("dd", time.slice(8, 10)),
      )
    : name;
}

import { UntranslatableError } from "./go-node.ts";

/** Fields of a layout of Go's time package, longest first, and those of `format` here; https://pkg.go.dev/time#Layout */
const FIELDS: readonly (readonly [string, string | undefined])[] = [
  ["January", "MMMM"],
  ["Monday", "EEEE"],
  ["Z07:00", "XXX"],
  ["-07:00", "XXX"],
  ["2006", "yyyy"],
  [".000", ".SSS"],
  ["Jan", "MMM"],
  ["Mon", "EEE"],
  ["MST", "'UTC'"],
  ["-0700", undefined],
  ["PM", undefined],
  ["002", undefined],
  ["01", "MM"],
  ["02", "dd"],
  ["15", "HH"],
  ["04", "mm"],
  ["05", "ss"],
  ["03", undefined],
  ["06", undefined],
];

/** A layout of Go as one of `format`. @throws {UntranslatableError} for a field that `format` does not have. */
export function timeLayout(go: string): string {
  let layout = "";
  let rest = go;
  while (rest !== "") {
    const [known, field] = FIELDS.find(([each]) => rest.startsWith(each)) ?? [];
    if (known !== undefined) {
      if (field === undefined) throw new UntranslatableError(`${known} in a layout of a time has no equal`);
      layout += field;
      rest = rest.slice(known.length);
      continue;
    }
    const [letters = rest.charAt(0)] = /^[A-Za-z]+?(?=Jan|Mon|MST|[^A-Za-z]|$)/u.exec(rest) ?? [];
    if (/^[\d']/u.test(letters)) throw new UntranslatableError(`${rest} in a layout of a time has no equal`);
    layout += /^[A-Za-z]/u.test(letters) ? `'${letters}'` : letters;
    rest = rest.slice(letters.length);
  }
  return layout.replaceAll("''", "");
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { loadSinkTypes } from "../src/sinks/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");

/** Rooms with a door of their own, for one kind of user; docs/architecture.md says which. */
const ROOM_DOORS: readonly string[] = [
  "sink/aws/index.ts",
  "sink/chat/index.ts",
  "sink/options/index.ts",
  "sink/records/index.ts",
  "sink/thread/index.ts",
];

/** Names with a value behind them that a door may offer; types come free, for a contract is its types. */
const MOST_VALUES = 16;

type Table = ReadonlyMap<string, readonly string[]>;

/** An import from one file to another; both absolute. */
interface Arrow {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join(SRC, file));
const arrows: readonly Arrow[] = files.flatMap(arrowsFrom);

/** The two tables of docs/architecture.md say who may import whom. */
const folders = tableUnder("folder");
const rooms = tableUnder("room");

describe("the folders of src", () => {
  const foldersOfSrc = (file: string): string => firstPart(relative(SRC, file));

  it("are those of the table in docs/architecture.md", () => {
    expect(subfolders(SRC)).toEqual([...folders.keys()].toSorted());
  });

  it("import only along the table", () => {
    expect(strayArrows(arrows, folders, foldersOfSrc)).toEqual([]);
  });

  it("use every permission that the table gives", () => {
    expect(unusedPermissions(arrows, folders, foldersOfSrc)).toEqual([]);
  });

  it("import each other only by their doors; files of lib are imported directly", () => {
    const past = arrows.filter(({ from, to }) => {
      const [own, other] = [foldersOfSrc(from), foldersOfSrc(to)];
      if (own === other || own === "" || other === "" || other === "lib") return false;
      return to !== join(SRC, other, "index.ts") && !ROOM_DOORS.includes(relative(SRC, to));
    });
    expect(past.map(shownArrow)).toEqual([]);
  });

  it("have rooms with a door of their own only where docs/architecture.md says so", () => {
    const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    expect(ROOM_DOORS.filter((door) => !page.includes(`\`src/${dirname(door)}\``))).toEqual([]);
    expect(ROOM_DOORS.filter((door) => !existsSync(join(SRC, door)))).toEqual([]);
  });

  it("have doors that only re-export, with a bounded number of values", () => {
    expect(files.filter((file) => isDoor(file)).flatMap(wrongDoor)).toEqual([]);
  });
});

describe("the rooms of src/alert", () => {
  const ALERT = join(SRC, "alert");
  const roomOf = (file: string): string => firstPart(relative(ALERT, file));
  const inside = arrows.filter(({ from, to }) => isInside(ALERT, from) && isInside(ALERT, to));

  it("are those of the table in docs/architecture.md", () => {
    expect(subfolders(ALERT)).toEqual([...rooms.keys()].toSorted());
  });

  it("import only along the table", () => {
    expect(strayArrows(inside, rooms, roomOf)).toEqual([]);
  });

  it("use every permission that the table gives", () => {
    expect(unusedPermissions(inside, rooms, roomOf)).toEqual([]);
  });
});

describe("the files of src/alert", () => {
  const ALERT = join(SRC, "alert");
  const inside = arrows.filter(({ from, to }) => isInside(ALERT, from) && isInside(ALERT, to));
  const roomOf = (file: string): string => firstPart(relative(ALERT, file));

  it("import each other over the walls of rooms at most 80 times", () => {
    const between = inside.filter(
      ({ from, to }) => roomOf(to) !== "" && roomOf(from) !== roomOf(to) && !from.endsWith("/index.ts"),
    );
    expect(between.length).toBeLessThanOrEqual(80);
  });

  it("are in no circle, also not by types", () => {
    expect(circles(inside)).toEqual([]);
  });
});

describe("files", () => {
  it("are short: half of them have at most 126 lines, nine of ten at most 226, each at most 400 of code", () => {
    const sizes = files
      .map((file) => readFileSync(file, "utf8").split("\n").length - 1)
      .toSorted((a, b) => a - b);
    const atMost = (share: number): number => sizes[Math.ceil(share * sizes.length) - 1] ?? 0;
    expect(atMost(0.5)).toBeLessThanOrEqual(126);
    expect(atMost(0.9)).toBeLessThanOrEqual(226);
    const long = files.filter(
      (file) =>
        withoutComments(file)
          .split("\n")
          .filter((line) => line.trim() !== "").length > 400,
    );
    expect(long.map(shown)).toEqual([]);
  });

  it("are named after an export, unless they have several values", () => {
    const misnamed = files.filter(
      (file) => !/\/(?:index|main)\.ts$/u.test(file) && !isNamedAfterExport(file),
    );
    expect(misnamed.map(shown)).toEqual([]);
  });

  it("have a comment on each exported name", () => {
    expect(files.flatMap(bareExports)).toEqual([]);
  });

  it("have no drawer for odds and ends", () => {
    const drawers = files.filter((file) => /\/(?:utils?|helpers?|common|misc|types)\.ts$/u.test(file));
    expect(drawers.map(shown)).toEqual([]);
  });

  it("take time and chance only from lib", () => {
    const offenders = files
      .filter((file) => firstPart(relative(SRC, file)) !== "lib")
      .filter((file) => /Date\.now\(\)|new Date\(\)|Math\.random\(\)/u.test(withoutComments(file)));
    expect(offenders.map(shown)).toEqual([]);
  });

  it("keep no state of their own, so that several apps fit in one process", () => {
    const state = /^(?:export )?(?:(?:let|var) |const .*= (?:new \w*(?:Map|Set)(?:<.*>)?\(\w*\)|\[\]);$)/mu;
    expect(files.filter((file) => state.test(withoutComments(file))).map(shown)).toEqual([]);
  });

  it("read the environment of the process only at the command line and in the SDK", () => {
    const readers = files.filter((file) =>
      /process\.env|globalAgent|GlobalDispatcher/u.test(withoutComments(file)),
    );
    const folders = new Set(readers.map((file) => firstPart(relative(SRC, file))));
    expect([...folders].toSorted()).toEqual(["cli", "reporter"]);
  });
});

describe("the tests of each folder of src", () => {
  const testFiles = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(ROOT, "test", file));
  const next = Map.groupBy([...arrows, ...testFiles.flatMap(arrowsFrom)], ({ from }) => from);
  const reachedFrom = (starts: readonly string[], place: string): readonly string[] =>
    reach(starts, (file) => (next.get(file) ?? []).map(({ to }) => to).filter((to) => isInside(place, to)));

  it.each([...folders.keys()])("reach each file of %s", (folder) => {
    const place = join(SRC, folder);
    const own = testFiles.filter((file) => isInside(join(ROOT, "test", folder), file));
    const tests = reachedFrom(own, join(ROOT, "test"));
    const imported = tests.flatMap((file) => (next.get(file) ?? []).map(({ to }) => to));
    // The test of a command runs the folder behind it: test/cli/doctor.test.ts.
    const doors = existsSync(join(ROOT, `test/cli/${folder}.test.ts`)) ? [join(place, "index.ts")] : [];
    const reached = new Set(
      reachedFrom(
        [...imported, ...doors].filter((file) => isInside(place, file)),
        place,
      ),
    );
    const missed = files.filter((file) => isInside(place, file) && isProgram(file) && !reached.has(file));
    expect(missed.map(shown)).toEqual([]);
  });
});

describe("the page", () => {
  const WEB = join(ROOT, "web");
  const page = readdirSync(WEB, { recursive: true, encoding: "utf8" })
    .filter((file) => /(?<!\.d)\.tsx?$/u.test(file))
    .map((file) => join(WEB, file));
  const roomOfPage = (file: string): string => firstPart(relative(WEB, file));

  it("is made in rooms that import along docs/architecture.md, and of src only types of answers", () => {
    const table = tableUnder("room of the page");
    const own = page.flatMap(arrowsFrom).filter(({ to }) => isInside(WEB, to) && !to.endsWith(".css"));
    expect(strayArrows(own, table, roomOfPage)).toEqual([]);
    expect(unusedPermissions(own, table, roomOfPage)).toEqual([]);
    const foreign = page.flatMap((file) =>
      [...withoutComments(file).matchAll(/^import (?<type>type )?.*? from "(?<path>[./]+\/src\/.*)";$/gmu)]
        .filter(
          ({ groups = {} }) => groups["type"] === undefined || !groups["path"]?.includes("/src/api/schemas/"),
        )
        .map(([statement]) => `${shown(file)}: ${statement}`),
    );
    expect(foreign).toEqual([]);
  });

  it("has short files, named after an export, with a comment on each exported name", () => {
    const long = page.filter((file) => readFileSync(file, "utf8").split("\n").length > 227);
    expect(long.map(shown)).toEqual([]);
    const misnamed = page.filter((file) => !file.endsWith("/main.tsx") && !isNamedAfterExport(file));
    expect(misnamed.map(shown)).toEqual([]);
    expect(page.flatMap(bareExports)).toEqual([]);
  });

  it("makes no markup of text, and keeps nothing in the browser", () => {
    const risky =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|localStorage|sessionStorage|eval\(/u;
    expect(page.filter((file) => risky.test(withoutComments(file))).map(shown)).toEqual([]);
  });
});

describe("every sink", () => {
  const types = subfolders(join(SRC, "sinks"));

  it("is registered under the name of its folder", async () => {
    expect((await loadSinkTypes()).map((sink) => sink.type).toSorted()).toEqual(types);
  });

  it.each(types)("%s has a test and a page", (type) => {
    expect(existsSync(join(ROOT, `test/sinks/${type}/${type}.test.ts`)), "test").toBe(true);
    expect(existsSync(join(ROOT, `docs/sinks/${type}.md`)), "page").toBe(true);
  });
});

/** Rows `| \`name\` | what | imports |` of the table whose first column has this heading. */
function tableUnder(heading: string): Table {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const [, after = ""] = page.split(`| ${heading} | what | imports |\n`);
  const [rows = ""] = after.split("\n\n");
  return new Map(
    rows.split("\n").flatMap((row) => {
      const [, name, imports = ""] = /^\| `([^`]+)` \|.*\| ([^|]*) \|$/u.exec(row) ?? [];
      return name === undefined ? [] : [[name, imports.split(", ").filter((other) => other !== "–")]];
    }),
  );
}

function strayArrows(
  all: readonly Arrow[],
  table: Table,
  placeOf: (file: string) => string,
): readonly string[] {
  return all.flatMap(({ from, to }) => {
    const [own, other] = [placeOf(from), placeOf(to)];
    if (own === other || own === "" || other === "") return [];
    return table.get(own)?.includes(other) === true
      ? []
      : [`${shownArrow({ from, to })}: ${own} may not import ${other}`];
  });
}

function unusedPermissions(
  all: readonly Arrow[],
  table: Table,
  placeOf: (file: string) => string,
): readonly string[] {
  const used = new Set(all.map(({ from, to }) => `${placeOf(from)} → ${placeOf(to)}`));
  return [...table].flatMap(([own, others]) =>
    others.map((other) => `${own} → ${other}`).filter((permission) => !used.has(permission)),
  );
}

/** Files that reach themselves by imports. */
function circles(all: readonly Arrow[]): readonly string[] {
  const next = Map.groupBy(all, ({ from }) => from);
  const importsIn = (file: string): readonly string[] => (next.get(file) ?? []).map(({ to }) => to);
  return [...next.keys()].filter((start) => reach(importsIn(start), importsIn).includes(start)).map(shown);
}

/** The starts, and every file that they import, directly or through others. */
function reach(starts: readonly string[], importsIn: (file: string) => readonly string[]): readonly string[] {
  const reached = new Set(starts);
  // A set iterates over the files that are added meanwhile, too.
  for (const file of reached) for (const to of importsIn(file)) reached.add(to);
  return [...reached];
}

/**
 * Whether a file with at most one exported value is named after an export: `digest-flush.ts` after `flushDigest`,
 * `queue-depths.ts` after `createQueueDepths`. A file with several values is named after their subject.
 */
function isNamedAfterExport(file: string): boolean {
  const text = withoutComments(file);
  const values = text.matchAll(/^export (?:abstract )?(?:async )?(?:function\*?|const|class) (\w+)/gmu);
  if (new Set([...values].map(([, name]) => name)).size > 1) return true;
  const names = text.matchAll(
    /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/gmu,
  );
  const own = wordsOf(basename(file).replace(/\.tsx?$/u, ""));
  return [...names].some(([, name = ""]) => {
    const exported = wordsOf(name);
    return own.every((word) => exported.includes(word)) || exported.join("").includes(own.join(""));
  });
}

/** Exported names without a comment of their own. The type of a schema needs none beside that of the schema. */
function bareExports(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const exported =
    /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (?<name>\w+)/gmu;
  return [...text.matchAll(exported)].flatMap(({ index, groups = {} }) => {
    const { name = "" } = groups;
    const above = text.slice(0, index).trimEnd();
    const isPair = new RegExp(`^(?:export )?(?:const|function) ${name}\\b`, "mu").test(above);
    return above.endsWith("*/") || isPair ? [] : [`${shown(file)}: ${name}`];
  });
}

/** `digest-flush` and `flushDigests` have the same words: plurals count as the word itself. */
function wordsOf(name: string): readonly string[] {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/gu) ?? [];
  return words.map((word) => word.toLowerCase().replace(/(?<=..)s$/u, ""));
}

function wrongDoor(file: string): readonly string[] {
  const statements = withoutComments(file)
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const strays = statements.filter((statement) => !/^export (?:type )?(?:\{|\*)/u.test(statement));
  const values = statements
    .filter((statement) => statement.startsWith("export {"))
    .flatMap((statement) => /\{([^}]*)\}/u.exec(statement)?.[1]?.split(",") ?? [])
    .filter((name) => name.trim() !== "" && !name.trim().startsWith("type "));
  return [
    ...strays.map((statement) => `${shown(file)}: ${statement.slice(0, 60)}`),
    ...(values.length > MOST_VALUES ? [`${shown(file)}: ${values.length} values`] : []),
  ];
}

/** Whether a file has something to run: a door or a file of types has nothing. */
function isProgram(file: string): boolean {
  return !isDoor(file) && /^export (?!type|interface|\{|\*)|^import "/mu.test(withoutComments(file));
}

/** A door is the index of a folder directly below src/, or of a room that has one; that of `sinks` is the registry. */
function isDoor(file: string): boolean {
  if (ROOM_DOORS.includes(relative(SRC, file))) return true;
  return file.endsWith("/index.ts") && dirname(dirname(file)) === SRC && !file.endsWith("/sinks/index.ts");
}

function arrowsFrom(from: string): readonly Arrow[] {
  return importsOf(from).map((to) => ({ from, to }));
}

function importsOf(file: string): readonly string[] {
  const text = withoutComments(file);
  const specifiers = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/gu)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => resolve(dirname(file), specifier));
}

function withoutComments(file: string): string {
  return readFileSync(file, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//gu, "")
    .replaceAll(/^\s*\/\/.*$/gmu, "");
}

function subfolders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** The first folder of a path; "" for a bare file. */
function firstPart(path: string): string {
  const [folder = "", ...rest] = path.split("/");
  return rest.length === 0 ? "" : folder;
}

function isInside(folder: string, file: string): boolean {
  return !relative(folder, file).startsWith("..");
}

function shown(file: string): string {
  return relative(ROOT, file);
}

function shownArrow({ from, to }: Arrow): string {
  return `${shown(from)} → ${shown(to)}`;
}

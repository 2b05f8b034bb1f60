import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { builtinSinks } from "../src/sink/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");

/** Which folder may import which (docs/architecture.md). `lib` files are imported directly, the others by their door. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  expression: ["lib"],
  event: ["expression", "lib"],
  kube: ["lib"],
  source: ["kube", "event", "lib"],
  rule: ["expression", "event", "lib"],
  alert: ["expression", "rule", "event", "lib"],
  explain: ["alert", "rule", "event", "lib"],
  lookup: ["kube", "alert", "lib"],
  store: ["alert", "event", "lib"],
  sink: ["expression", "alert", "event", "lib"],
  delivery: ["store", "sink", "alert", "lib"],
  pipeline: ["source", "rule", "alert", "store", "event", "lib"],
  config: ["source", "rule", "alert", "sink", "delivery", "expression", "lib"],
  api: ["config", "store", "explain", "alert", "rule", "delivery", "event", "lib"],
  rehearse: ["config", "pipeline", "store", "alert", "rule", "sink", "source", "event", "expression", "lib"],
  reporter: ["kube", "lib"],
  rbac: ["config", "rule"],
  doctor: ["rbac", "config", "kube", "source", "store", "sink", "lib"],
  demo: ["event", "lib"],
  app: [
    "api",
    "config",
    "delivery",
    "pipeline",
    "source",
    "lookup",
    "reporter",
    "kube",
    "store",
    "sink",
    "alert",
    "rule",
    "event",
    "lib",
  ],
  cli: [
    "app",
    "api",
    "rehearse",
    "rbac",
    "doctor",
    "explain",
    "demo",
    "reporter",
    "config",
    "kube",
    "sink",
    "alert",
    "rule",
    "event",
    "lib",
  ],
};

/** Names with a value behind them that a door may offer; types come free, for a contract is its types. */
const MOST_VALUES = 15;

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join(SRC, file));

describe("the house", () => {
  it("has only folders that the import table knows", () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it("imports only along the table, and other folders only by their doors", () => {
    expect(files.flatMap(wrongImports)).toEqual([]);
  });

  it("has doors that only re-export, with a bounded number of values", () => {
    expect(files.filter((file) => isDoor(file)).flatMap(wrongDoor)).toEqual([]);
  });

  it("has no drawer for odds and ends", () => {
    const drawers = files.filter((file) => /\/(?:utils?|helpers?|common|misc|types)\.ts$/u.test(file));
    expect(drawers.map(shown)).toEqual([]);
  });

  it("takes time and chance only from lib", () => {
    const offenders = files
      .filter((file) => folderOf(file) !== "lib")
      .filter((file) => /Date\.now\(\)|new Date\(\)|Math\.random\(\)/u.test(withoutComments(file)));
    expect(offenders.map(shown)).toEqual([]);
  });
});

describe("every sink", () => {
  const types = readdirSync(join(SRC, "sink/builtin"))
    .filter((file) => file !== "index.ts")
    .map((file) => file.replace(/\.ts$/u, ""));

  it("is registered under the name of its file", () => {
    expect(builtinSinks.map((sink) => sink.type).toSorted()).toEqual(types.toSorted());
  });

  it.each(types)("%s has a test and a page", (type) => {
    expect(existsSync(join(ROOT, `test/sink/builtin/${type}.test.ts`)), "test").toBe(true);
    expect(existsSync(join(ROOT, `docs/sinks/${type}.md`)), "page").toBe(true);
  });
});

function wrongImports(file: string): readonly string[] {
  const folder = folderOf(file);
  return importsOf(file).flatMap((target) => {
    const other = folderOf(target);
    if (other === folder || other === "" || folder === "") return [];
    const wrong = `${shown(file)} → ${shown(target)}`;
    if (MAY_IMPORT[folder]?.includes(other) !== true) return [`${wrong}: ${folder} may not import ${other}`];
    return other === "lib" || target === join(SRC, other, "index.ts") ? [] : [`${wrong}: not by the door`];
  });
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

/** A door is the index of a folder directly below src/. */
function isDoor(file: string): boolean {
  return file.endsWith("/index.ts") && dirname(dirname(file)) === SRC;
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

function folderOf(file: string): string {
  const [folder = "", ...rest] = relative(SRC, file).split("/");
  return rest.length === 0 ? "" : folder;
}

function shown(file: string): string {
  return relative(ROOT, file);
}

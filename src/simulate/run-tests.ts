import { dirname, isAbsolute, join, relative } from "node:path";

import { type Configuration, loadConfiguration } from "../config/index.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { readText } from "../lib/read-text.ts";
import { check } from "../lib/schema.ts";
import { parseYaml, type YamlFile } from "../lib/yaml-file.ts";
import { compare, expectationText, messageText } from "./expectation.ts";
import { labelLookUp } from "./label-look-up.ts";
import { Simulation } from "./simulation.ts";
import { lengthOf, momentsOf, MOST_MOMENTS, objectsOf } from "./story.ts";
import { TestFileSpec, type TestSpec } from "./test-spec.ts";

/** The result of one test. */
export interface TestResult {
  /** As the user named it. */
  readonly file: string;
  /** Line of the test, from 1. */
  readonly line: number;
  readonly name: string;
  readonly ok: boolean;
  /** Missing messages, one a line; "" for none. */
  readonly expected: string;
  /** Unexpected messages, one a line; "" for none. */
  readonly unexpected: string;
  /** All messages, and the alerts that still fire, one a line. */
  readonly actual: string;
}

/** The results of a file; findings when the file, or its rules, cannot be read. */
export interface TestFileResult {
  readonly tests: readonly TestResult[];
  readonly findings: readonly Finding[];
}

/** A test file and its place. */
export interface TestFileInput {
  /** As the user named it. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly cwd: string;
}

/** Runs the tests of a file in virtual time. Never throws for a mistake of a user. */
export async function runTestFile(input: TestFileInput): Promise<TestFileResult> {
  const { file, cwd } = input;
  const { text, trouble } = await readText(join(isAbsolute(file) ? "" : cwd, file));
  if (text === undefined) return { tests: [], findings: [errorIn(file, trouble)] };
  const document = parseYaml(file, text);
  if (document.findings.length > 0) return { tests: [], findings: document.findings };
  const { value: spec, faults } = check(TestFileSpec, document.value);
  if (spec === undefined) return { tests: [], findings: document.locate(faults) };
  const tooLong = spec.tests.findIndex(({ events }) => lengthOf(events) > MOST_MOMENTS);
  if (tooLong >= 0) {
    const message = `more than ${MOST_MOMENTS} Events in one story`;
    return {
      tests: [],
      findings: document.locate([{ level: "error", path: ["tests", tooLong, "events"], message }]),
    };
  }
  const { configuration, findings } = await loadFor(spec, input);
  if (configuration === undefined) return { tests: [], findings };
  const tests: TestResult[] = [];
  for (const [index, test] of spec.tests.entries()) {
    tests.push(await runTest(test, { document, index, configuration }));
  }
  return { tests, findings: findings.filter(({ level }) => level === "error") };
}

async function loadFor(
  { rules, config }: TestFileSpec,
  { file, env, cwd }: TestFileInput,
): ReturnType<typeof loadConfiguration> {
  const directory = dirname(join(isAbsolute(file) ? "" : cwd, file));
  const fromHere = (path: string): string => (isAbsolute(path) ? path : relative(cwd, join(directory, path)));
  const named = rules?.map((path) => (/^builtin(?:\/|$)/u.test(path) ? path : fromHere(path)));
  return loadConfiguration({
    file: config === undefined ? undefined : fromHere(config),
    rules: named,
    env,
    cwd,
    nameCluster: () => "test",
  });
}

async function runTest(
  test: TestSpec,
  context: { readonly document: YamlFile; readonly index: number; readonly configuration: Configuration },
): Promise<TestResult> {
  const { document, index, configuration } = context;
  const { start, objects, labels } = test;
  const { policy } = configuration;
  const { enrich, eventTtl } = configuration.process.kubernetes;
  const simulation = new Simulation({
    policy,
    startAt: start,
    learnsOwners: enrich !== "off",
    eventTtlMs: eventTtl,
    labels: enrich === "off" ? undefined : labelLookUp(labels, policy.cluster),
    objects: objects && enrich === "state" ? objectsOf(objects, policy.cluster, start) : undefined,
  });
  let last = 0;
  for (const { at, raw, ownership } of momentsOf(test.events, start)) {
    if (ownership !== undefined) simulation.own(ownership.object, ownership.owner);
    await simulation.observe(raw, start + at);
    last = at;
  }
  simulation.until(start + last + test.tail);
  const { messages } = simulation;
  const { unmet, unexpected } = compare(test.expect, messages, start);
  const surplus = test.expectNothingElse ? unexpected : [];
  const lineOf = (path: readonly (string | number)[]): number =>
    document.locate([{ level: "error", path, message: "" }])[0]?.line ?? 0;
  const expected = unmet.map((position) => {
    const expectation = test.expect[position];
    const line = lineOf(["tests", index, "expect", position]);
    return expectation === undefined ? "" : `${expectationText(expectation)} (line ${line})`;
  });
  const faults = [...simulation.faults];
  return {
    file: document.file,
    line: lineOf(["tests", index]),
    name: test.name,
    ok: unmet.length === 0 && surplus.length === 0 && faults.length === 0,
    expected: expected.join("\n"),
    unexpected: [
      ...surplus
        .flatMap((position) => messages[position] ?? [])
        .map((message) => messageText(message, start)),
      ...faults,
    ].join("\n"),
    actual: [
      ...messages.map((message) => messageText(message, start)),
      ...simulation.firing().map(({ rule, labels }) => `still firing: ${rule}, ${labels["workload"] ?? ""}`),
    ].join("\n"),
  };
}

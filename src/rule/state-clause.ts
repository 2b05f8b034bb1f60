import { type CompiledPattern, compilePattern, type PatternSpec } from "../expression/index.ts";
import type { ContainerState, ObjectState } from "../object/index.ts";
import type { Path, Report } from "./report.ts";
import type { StateClauseSpec } from "./state-spec.ts";

/** The conditions of a rule on the state of the object. They are asked for after everything else in it holds. */
export interface StateClause {
  /** For people: `container.lastTerminated.reason OOMKilled`. */
  readonly text: string;
  /** @param container The one that the Event names; "" for any. */
  holds(state: ObjectState, container: string): boolean;
}

/** A value of a state; undefined where it has none, which no pattern matches. */
type Value = string | number | undefined;

/** The fields of a container by their path below `container`. */
const CONTAINER_FIELDS: Readonly<Record<string, (container: ContainerState) => Value>> = {
  restarts: ({ restarts }) => restarts,
  "waiting.reason": ({ waiting }) => waiting?.reason,
  "terminated.reason": ({ terminated }) => terminated?.reason,
  "terminated.exitCode": ({ terminated }) => terminated?.exitCode,
  "lastTerminated.reason": ({ lastTerminated }) => lastTerminated?.reason,
  "lastTerminated.exitCode": ({ lastTerminated }) => lastTerminated?.exitCode,
};

const NUMBERS: ReadonlySet<string> = new Set(["restarts", "terminated.exitCode", "lastTerminated.exitCode"]);

interface Test<Subject> {
  readonly text: string;
  readonly holds: (subject: Subject) => boolean;
}

/** Compiles `state` of a rule and reports all faults. */
export function compileState(spec: StateClauseSpec, report: Report): StateClause {
  const compiler = new Compiler(report);
  const ofObject: readonly Test<ObjectState>[] = [
    ...compiler.test<ObjectState>(spec.phase, ["phase"], (state) =>
      "phase" in state ? state.phase : undefined,
    ),
    ...Object.entries(spec.conditions ?? {}).flatMap(([type, pattern]) =>
      compiler.test<ObjectState>(pattern, ["conditions", type], (state) => statusOf(state, type)),
    ),
  ];
  const ofContainer = containerTests(spec.container ?? {}, compiler);
  const tests = [...ofObject, ...ofContainer];
  return {
    text: tests.map(({ text }) => text).join(", "),
    holds: (state, container) =>
      ofObject.every((test) => test.holds(state)) &&
      (ofContainer.length === 0 || hasContainer(state, container, ofContainer)),
  };
}

class Compiler {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** The test of one pattern; none where there is no pattern, or a wrong one. */
  test<Subject>(
    spec: PatternSpec | undefined,
    path: Path,
    read: (subject: Subject) => Value,
  ): readonly Test<Subject>[] {
    if (spec === undefined) return [];
    const numeric = NUMBERS.has(path.slice(1).join("."));
    const { value: pattern, faults } = compilePattern(spec, { strict: false, numeric });
    for (const fault of faults) this.#report.error({ ...fault, path: ["state", ...path, ...fault.path] });
    return pattern === undefined
      ? []
      : [{ text: `${path.join(".")} ${pattern.text}`, holds: (subject) => isMatch(pattern, read(subject)) }];
  }
}

function isMatch(pattern: CompiledPattern, value: Value): boolean {
  return value !== undefined && pattern.test(value);
}

function containerTests(
  spec: NonNullable<StateClauseSpec["container"]>,
  compiler: Compiler,
): readonly Test<ContainerState>[] {
  const { ready, restarts, waiting, terminated, lastTerminated } = spec;
  const patterns: Readonly<Record<string, PatternSpec | undefined>> = {
    restarts,
    ...below("waiting", waiting),
    ...below("terminated", terminated),
    ...below("lastTerminated", lastTerminated),
  };
  const tests = Object.entries(CONTAINER_FIELDS).flatMap(([path, read]) =>
    compiler.test(patterns[path], ["container", ...path.split(".")], read),
  );
  if (ready === undefined) return tests;
  return [{ text: `container.ready ${ready}`, holds: ({ isReady }) => isReady === ready }, ...tests];
}

function below(
  name: string,
  patterns: Readonly<Record<string, PatternSpec | undefined>> = {},
): Readonly<Record<string, PatternSpec | undefined>> {
  return Object.fromEntries(Object.entries(patterns).map(([key, pattern]) => [`${name}.${key}`, pattern]));
}

function hasContainer(state: ObjectState, name: string, tests: readonly Test<ContainerState>[]): boolean {
  if (state.kind !== "Pod") return false;
  return state.containers.some(
    (container) => (name === "" || container.name === name) && tests.every((test) => test.holds(container)),
  );
}

function statusOf(state: ObjectState, type: string): Value {
  if (!("conditions" in state)) return undefined;
  return state.conditions.find((condition) => condition.type === type)?.status;
}

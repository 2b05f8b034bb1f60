import { compilePattern } from "../expression/index.ts";
import { counted } from "../lib/counted.ts";
import { toDurationText } from "../lib/duration.ts";
import type { SimulatedMessage } from "./simulation.ts";
import type { ExpectationSpec } from "./test-spec.ts";

/** Expectations without a message, and messages without an expectation; by index. */
export interface Comparison {
  readonly unmet: readonly number[];
  readonly unexpected: readonly number[];
}

/** Gives each expectation a message of its own, so that as many as possible are met. @param start Of the story. */
export function compare(
  expected: readonly ExpectationSpec[],
  messages: readonly SimulatedMessage[],
  start: number,
): Comparison {
  const fits = expected.map((expectation) =>
    messages.flatMap((message, index) => (meets(message, expectation, start) ? [index] : [])),
  );
  const takenBy = new Map<number, number>();
  for (const index of expected.keys()) assign(index, { fits, takenBy, tried: new Set() });
  const met = new Set(takenBy.values());
  return {
    unmet: [...expected.keys()].filter((index) => !met.has(index)),
    unexpected: [...messages.keys()].filter((index) => !takenBy.has(index)),
  };
}

/** Finds a message for an expectation, and another one for its former owner (augmenting paths). */
function assign(
  index: number,
  state: {
    readonly fits: readonly (readonly number[])[];
    readonly takenBy: Map<number, number>;
    readonly tried: Set<number>;
  },
): boolean {
  for (const message of state.fits[index] ?? []) {
    if (state.tried.has(message)) continue;
    state.tried.add(message);
    const owner = state.takenBy.get(message);
    if (owner !== undefined && !assign(owner, state)) continue;
    state.takenBy.set(message, index);
    return true;
  }
  return false;
}

function meets({ at, notification }: SimulatedMessage, expected: ExpectationSpec, start: number): boolean {
  const { kind, trigger, severity, sink, alerts, alertsOmitted, occurrences, title } = notification;
  const moment = at - start;
  const asked: readonly (readonly [unknown, unknown])[] = [
    [expected.kind, kind],
    [expected.trigger, trigger],
    [expected.severity, severity],
    [expected.sink, sink],
    [expected.alerts, alerts.length + alertsOmitted],
    [expected.occurrences, occurrences],
  ];
  return (
    asked.every(([wanted, found]) => wanted === undefined || wanted === found) &&
    (expected.at === undefined || (expected.at.from <= moment && moment <= expected.at.to)) &&
    (expected.rule === undefined || alerts.some(({ rule }) => rule === expected.rule)) &&
    (expected.title === undefined || compilePattern(expected.title).value?.test(title) === true)
  );
}

/** `at 30s..1m30s: firing to console, rule image-pull-failing, 1 alert`. */
export function expectationText(expected: ExpectationSpec): string {
  const { at, kind, trigger, sink, rule, severity, alerts, occurrences, title } = expected;
  const span = at === undefined ? "at any time" : `at ${spanText(at)}`;
  const parts = [
    `${kind}${trigger === undefined ? "" : `/${trigger}`}${sink === undefined ? "" : ` to ${sink}`}`,
    severity,
    rule === undefined ? undefined : `rule ${rule}`,
    alerts === undefined ? undefined : counted(alerts, "alert"),
    occurrences === undefined ? undefined : counted(occurrences, "occurrence"),
    title === undefined ? undefined : `title ${JSON.stringify(title)}`,
  ];
  return `${span}: ${parts.filter((part) => part !== undefined).join(", ")}`;
}

function spanText({ from, to }: NonNullable<ExpectationSpec["at"]>): string {
  return from === to ? toDurationText(from) : `${toDurationText(from)}..${toDurationText(to)}`;
}

/** `1m30s: firing/first to console, warning, rule image-pull-failing, 1 alert, 57 occurrences: Image cannot be pulled`. */
export function messageText({ at, notification }: SimulatedMessage, start: number): string {
  const { kind, trigger, sink, severity, alerts, alertsOmitted, occurrences, title } = notification;
  const rules = [...new Set(alerts.map(({ rule }) => rule))].join(", ");
  const total = alerts.length + alertsOmitted;
  return (
    `${toDurationText(at - start)}: ${kind}/${trigger} to ${sink}, ${severity}, rule ${rules}, ` +
    `${counted(total, "alert")}, ${counted(occurrences, "occurrence")}: ${title}`
  );
}

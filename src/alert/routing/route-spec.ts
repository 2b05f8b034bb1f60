import { z } from "zod";

import { PatternSpec } from "../../expression/index.ts";
import { checkRest } from "../../lib/check-rest.ts";
import { Duration, durationOf } from "../../lib/duration.ts";
import { type Fault, strict } from "../../lib/schema.ts";
import { unknownName } from "../../lib/unknown-name.ts";
import type { KnownLabels } from "../matching/fault-of-value.ts";
import { compileLabelMatch } from "../matching/label-match.ts";
import type { BySeverity, GroupBy, Route, RouteTimers } from "../route.ts";
import type { NamedInterval, TimeInterval } from "../time-interval.ts";
import { SHORTEST_REPEAT_MS } from "./route-timers.ts";

const MINUTE = 60_000;

/** The name of a root that has none. */
const ROOT_NAME = "default";

/** Deepest nesting of routes; a deeper tree is a mistake of its author. */
const DEEPEST = 10;

/** The timers of a root that names none: they neither send a group in pieces nor let its news wait for long. */
const DEFAULT_TIMERS: RouteTimers = {
  groupWait: { critical: 10_000, else: 30_000 },
  groupInterval: { critical: MINUTE / 2, else: MINUTE },
  repeatInterval: { critical: 240 * MINUTE, else: 240 * MINUTE },
};

/** The schema of a timer: one time for all alerts, or one for critical alerts and one for the others. */
function timerOf(duration: typeof Duration): z.ZodType<TimerSpec> {
  return z.union([duration, strict({ critical: duration.optional(), else: duration.optional() })], {
    error: (issue) =>
      `expected a duration such as 30s, or { critical: 10s, else: 30s }, not ${JSON.stringify(issue.input)}`,
  });
}

type TimerSpec = number | { readonly critical?: number | undefined; readonly else?: number | undefined };

const Timer = timerOf(Duration);
const RepeatTimer = timerOf(durationOf(SHORTEST_REPEAT_MS, "nobody reads the same message that often"));

/** A node of the routing tree as users write it. */
export interface RouteShape {
  readonly name?: string | undefined;
  readonly match?: Readonly<Record<string, PatternSpec>> | undefined;
  readonly sinks?: readonly string[] | undefined;
  readonly groupBy?: readonly string[] | undefined;
  readonly groupWait?: TimerSpec | undefined;
  readonly groupInterval?: TimerSpec | undefined;
  readonly repeatInterval?: TimerSpec | undefined;
  readonly continue?: boolean | undefined;
  readonly mute?: readonly string[] | undefined;
  readonly active?: readonly string[] | undefined;
  readonly routes?: readonly RouteShape[] | undefined;
}

/** The schema of the routing tree as users write it; `compileRoute` checks names, labels and order. */
export const RouteSpec: z.ZodType<RouteShape> = z.lazy(() =>
  strict({
    name: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("part of the keys of its groups; required below the root"),
    match: z
      .record(z.string(), PatternSpec)
      .optional()
      .describe("label → pattern, all must hold; without it: all alerts"),
    sinks: z.array(z.string()).min(1).optional().describe("sinks that get the alerts; inherited"),
    groupBy: z
      .array(z.string())
      .optional()
      .describe('labels that make a group; `[]`: one group, `["..."]`: none'),
    groupWait: Timer.optional().describe("how long a new group waits for more alerts"),
    groupInterval: Timer.optional().describe("shortest time between two messages with news of one group"),
    repeatInterval: RepeatTimer.optional().describe(
      "when an unchanged group is sent again; doubles up to a day",
    ),
    continue: z.boolean().optional().describe("also try later siblings"),
    routes: z.array(RouteSpec).optional(),
    mute: z
      .array(z.string())
      .optional()
      .describe("time intervals in which the route sends nothing; inherited, `[]` clears"),
    active: z
      .array(z.string())
      .optional()
      .describe("time intervals outside of which the route sends nothing; inherited, `[]` clears"),
  }),
);

/** The known names that `compileRoute` checks a tree against. */
export interface RouteContext {
  /** Path of the tree in its document. */
  readonly path: readonly (string | number)[];
  /** Undefined leaves sinks unchecked. */
  readonly sinkNames: ReadonlySet<string> | undefined;
  readonly labels: KnownLabels;
  /** Keyed by name; undefined for one with faults of its own. Without the map, names stay unchecked. */
  readonly intervals: ReadonlyMap<string, TimeInterval | undefined> | undefined;
}

/** Checks and compiles a routing tree, and reports every fault and warning at once. */
export function compileRoute(
  spec: unknown,
  context: RouteContext,
): { readonly route: Route | undefined; readonly faults: readonly Fault[] } {
  const { value, faults, rest, further } = checkRest(RouteSpec, spec, { base: context.path });
  if (rest === undefined) return { route: undefined, faults };
  const compiler = new RouteCompiler(context, value !== undefined);
  const route = compiler.compile(rest, context.path, undefined);
  const all = [...faults, ...further(compiler.faults)];
  const isWhole = value !== undefined && !all.some(({ level }) => level === "error");
  return { route: isWhole ? route : undefined, faults: all };
}

/** Compiles a tree in one pass, and collects faults. */
class RouteCompiler {
  readonly faults: Fault[] = [];
  readonly #context: RouteContext;
  readonly #isWhole: boolean;
  readonly #names = new Set<string>();

  /** @param isWhole Whether no part was taken away: a route without its `match` seems to take every alert. */
  constructor(context: RouteContext, isWhole: boolean) {
    this.#isWhole = isWhole;
    this.#context = context;
  }

  compile(spec: RouteShape, path: readonly (string | number)[], parent: Route | undefined): Route {
    const timers = parent ?? DEFAULT_TIMERS;
    const node: Route = {
      name: this.#name(spec, path, parent),
      sinks: this.#sinks(spec, path, parent),
      groupBy: this.#groupBy(spec, path, parent),
      groupWait: timer(spec.groupWait, timers.groupWait),
      groupInterval: timer(spec.groupInterval, timers.groupInterval),
      repeatInterval: timer(spec.repeatInterval, timers.repeatInterval),
      mute: this.#intervals(spec.mute, [...path, "mute"], parent?.mute),
      active: this.#intervals(spec.active, [...path, "active"], parent?.active),
      continue: spec.continue ?? false,
      matches: this.#matcher(spec, path),
      routes: [],
    };
    if (parent === undefined) this.#checkRoot(spec, path);
    if (path.length - this.#context.path.length > 2 * DEEPEST) {
      this.#error(path, `routes are nested more than ${DEEPEST} deep`);
      return node;
    }
    const children = (spec.routes ?? []).map((child, index) =>
      this.compile(child, [...path, "routes", index], node),
    );
    if (this.#isWhole) this.#checkOrder(spec.routes ?? [], path);
    return { ...node, routes: children };
  }

  #name(spec: RouteShape, path: readonly (string | number)[], parent: Route | undefined): string {
    const { name } = spec;
    if (name === undefined) {
      if (parent === undefined) {
        this.#names.add(ROOT_NAME);
        return ROOT_NAME;
      }
      this.#error(path, "name is missing: groups are remembered by the names of their routes", ["name"]);
      return "";
    }
    if (this.#names.has(name)) this.#error([...path, "name"], `another route is called "${name}" already`);
    if (name.startsWith("rule:"))
      this.#error([...path, "name"], `names that start with "rule:" belong to the sinks of rules`);
    this.#names.add(name);
    return name;
  }

  #sinks(spec: RouteShape, path: readonly (string | number)[], parent: Route | undefined): readonly string[] {
    const { sinkNames } = this.#context;
    for (const [index, sink] of (spec.sinks ?? []).entries()) {
      if (sinkNames?.has(sink) !== false) continue;
      this.#error([...path, "sinks", index], unknownName("sink", sink, sinkNames));
    }
    return [...new Set(spec.sinks ?? parent?.sinks)];
  }

  #intervals(
    names: readonly string[] | undefined,
    path: readonly (string | number)[],
    inherited: readonly NamedInterval[] = [],
  ): readonly NamedInterval[] {
    if (names === undefined) return inherited;
    const { intervals } = this.#context;
    return names.flatMap((name, index) => {
      const interval = intervals?.get(name);
      if (interval !== undefined) return [{ name, interval }];
      if (intervals?.has(name) !== false) return [];
      this.#error([...path, index], unknownName("time interval", name, intervals.keys()));
      return [];
    });
  }

  #groupBy(spec: RouteShape, path: readonly (string | number)[], parent: Route | undefined): GroupBy {
    const { groupBy } = spec;
    if (groupBy === undefined) return parent?.groupBy ?? "default";
    if (groupBy.includes("...")) {
      if (groupBy.length > 1)
        this.#error([...path, "groupBy"], '"..." stands alone: every alert is a group by itself then');
      return "alone";
    }
    for (const [index, label] of groupBy.entries()) this.#checkLabel(label, [...path, "groupBy", index]);
    return groupBy;
  }

  #matcher(spec: RouteShape, path: readonly (string | number)[]): Route["matches"] {
    const { faults, matches } = compileLabelMatch(spec.match ?? {}, this.#context.labels, [...path, "match"]);
    this.faults.push(...faults);
    return matches;
  }

  #checkRoot(spec: RouteShape, path: readonly (string | number)[]): void {
    if (spec.sinks === undefined)
      this.#error(path, "sinks is missing: the root needs sinks for alerts that no other route takes", [
        "sinks",
      ]);
    if (spec.match !== undefined)
      this.#error([...path, "match"], "the root takes every alert: move this to a route below it");
    if (spec.continue !== undefined)
      this.#error([...path, "continue"], "the root has no siblings to continue to");
  }

  /** Warns of routes that no alert can reach, and of a `continue` without a later sibling. */
  #checkOrder(children: readonly RouteShape[], path: readonly (string | number)[]): void {
    let taken: string | undefined;
    for (const [index, child] of children.entries()) {
      const at = [...path, "routes", index];
      if (taken !== undefined)
        this.#warn(at, `never reached: the route "${taken}" before it takes every alert`);
      const takesAll = child.match === undefined || Object.keys(child.match).length === 0;
      if (takesAll && child.continue !== true) taken ??= child.name ?? "";
      if (child.continue === true && index === children.length - 1) {
        this.#warn([...at, "continue"], "there is no route after this one to continue to");
      }
    }
  }

  #checkLabel(label: string, path: readonly (string | number)[]): void {
    const { names } = this.#context.labels;
    if (!names.has(label)) this.#error(path, unknownName("label", label, names));
  }

  #error(path: Fault["path"], message: string, related: readonly string[] = []): void {
    this.faults.push({ level: "error", path, related, message });
  }

  #warn(path: readonly (string | number)[], message: string): void {
    this.faults.push({ level: "warning", path, message });
  }
}

/**
 * Compiles a timer. A single value counts for all severities, but a critical alert never waits longer than inherited.
 */
function timer(spec: TimerSpec | undefined, inherited: BySeverity): BySeverity {
  if (spec === undefined) return inherited;
  if (typeof spec === "number") return { critical: Math.min(inherited.critical, spec), else: spec };
  return { critical: spec.critical ?? inherited.critical, else: spec.else ?? inherited.else };
}

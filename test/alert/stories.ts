import * as fc from "fast-check";

import type { NewDelivery } from "../../src/alert/index.ts";
import type { Silence } from "../../src/alert/silence.ts";
import { toSilence } from "../../src/alert/suppression/silence-spec.ts";
import { type BedOptions, EngineBed, type EventSketch, START } from "../support/engine-bed.ts";

const HOUR = 3600;

/** One thing that happens in a random story. */
export type Happening =
  | { readonly kind: "events"; readonly events: readonly EventSketch[] }
  | { readonly kind: "gap" }
  | { readonly kind: "live" }
  | { readonly kind: "restart" }
  | { readonly kind: "reload"; readonly variant: number }
  | { readonly kind: "learn"; readonly pod: string }
  /** Hours; none: until resolved. */
  | { readonly kind: "silence"; readonly id: string; readonly name: string; readonly hours: number }
  | { readonly kind: "unsilence"; readonly id: string }
  | { readonly kind: "deliver"; readonly sink: string; readonly outcome: "delivered" | "dead" };

/** `after` is in seconds. */
export interface Step {
  readonly after: number;
  readonly happening: Happening;
}

const REASONS = `
reasons:
  - { component: kubelet, reason: OOMKilling, kinds: [Node], lifecycle: point, severity: critical, meaning: x }
  - { component: kubelet, reason: Rebooted, kinds: [Node], lifecycle: point, severity: warning, meaning: x }
`;

function rules(severity: string): string {
  return `
rules:
  - { name: back-off, match: { reason: BackOff }, severity: ${severity}, threshold: { count: 3, within: 10m },
      resolve: { by: [{ reason: Pulled, same: [object] }] } }
  - { name: mount, match: { reason: FailedMount }, severity: warning, resolve: { by: [{ reason: Started, same: [object] }] } }
  - { name: node, match: { reason: NodeNotReady }, severity: critical, lifecycle: transition, for: 60s,
      resolve: { by: [{ reason: NodeReady, same: [object] }] } }
  - { name: mixed, match: { kind: Node, reason: [OOMKilling, Rebooted, NodeHasDiskPressure] }, identity: [object, reason] }
`;
}

/** Two groups for critical alerts, a sink that takes nothing else, one that gets no ends, and muted hours. */
const ROUTE = `
  sinks: [ops, pager, muted]
  routes: [{ name: slow, match: { severity: critical }, sinks: [slow], groupWait: 5m, mute: [often], continue: true },
           { name: all, sinks: [ops, pager, muted], groupBy: [rule] }]
`;

const INTERVALS = `often: { zone: UTC, times: ["10:00-10:20", "11:15-13:00", "22:00-04:00"] }`;

const SINKS: BedOptions["sinks"] = [
  { name: "ops" },
  { name: "slow" },
  { name: "pager", minSeverity: "critical" },
  { name: "muted", sendResolved: false },
];

const VARIANTS: readonly BedOptions[] = ["warning", "critical", "info"].map((severity) => ({
  rules: rules(severity),
  reasons: REASONS,
  route: ROUTE,
  timeIntervals: INTERVALS,
  sinks: SINKS,
}));

const OWNERS = ["ReplicaSet/web-7f", "Deployment/web"];

const pods = fc.constantFrom("web-1", "web-2", "db-1");
const podEvent = fc
  .record({
    reason: fc.constantFrom("BackOff", "BackOff", "FailedMount", "Unhealthy", "Pulled", "Started"),
    pod: pods,
    jump: fc.constantFrom(1, 1, 1, 2, 5),
    series: fc.boolean(),
    fresh: fc.nat({ max: 3 }),
  })
  .map((each) => ({ ...each, object: `shop/Pod/${each.pod}` }));
const nodeEvent = fc
  .record({
    reason: fc.constantFrom("NodeNotReady", "NodeReady", "OOMKilling", "Rebooted", "NodeHasDiskPressure"),
    node: fc.constantFrom("n1", "n2"),
    jump: fc.constant(1),
    series: fc.constant(false),
    fresh: fc.nat({ max: 3 }),
  })
  .map((each) => ({ ...each, object: `/Node/${each.node}` }));

/** Events with the names and counts that their writers would give them; `fresh` tells lineages apart. */
function toSketches(
  events: readonly {
    readonly reason: string;
    readonly object: string;
    readonly jump: number;
    readonly series: boolean;
    readonly fresh: number;
  }[],
): readonly (EventSketch & { readonly jump: number })[] {
  return events.map(({ reason, object, jump, series, fresh }) => ({
    reason,
    object,
    series,
    jump,
    name: `${object.split("/").at(-1)}.${reason}.${fresh}`,
  }));
}

const events = fc
  .array(fc.oneof({ weight: 3, arbitrary: podEvent }, nodeEvent), { minLength: 1, maxLength: 3 })
  .map((list) => ({ kind: "events" as const, events: toSketches(list) }));

const sinkNames = fc.constantFrom("ops", "slow", "pager", "muted");

/** The parts of a story. */
export const PARTS = {
  events,
  flow: fc.constantFrom({ kind: "gap" as const }, { kind: "live" as const }),
  restart: fc.constant({ kind: "restart" as const }),
  reload: fc.nat({ max: VARIANTS.length - 1 }).map((variant) => ({ kind: "reload" as const, variant })),
  learn: pods.map((pod) => ({ kind: "learn" as const, pod })),
  silence: fc.oneof(
    fc.record({
      kind: fc.constant("silence" as const),
      id: fc.constantFrom("s1", "s2"),
      name: fc.constantFrom("web-1", "db-1", "n1"),
      hours: fc.constantFrom(0, 1, 3),
    }),
    fc.record({ kind: fc.constant("unsilence" as const), id: fc.constantFrom("s1", "s2") }),
  ),
  deliver: fc.record({
    kind: fc.constant("deliver" as const),
    sink: sinkNames,
    outcome: fc.constantFrom("delivered" as const, "delivered" as const, "dead" as const),
  }),
};

/** Random stories; events are half of what happens. */
export function stories(...parts: readonly fc.Arbitrary<Happening>[]): fc.Arbitrary<readonly Step[]> {
  const after = fc.oneof(
    fc.constantFrom(0, 1, 10, 30, 60, 300, 600, 900),
    fc.integer({ min: 0, max: 2 * HOUR }),
  );
  const happening = fc.oneof(
    { weight: Math.max(1, parts.length), arbitrary: PARTS.events },
    ...parts.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
  return fc.array(fc.record({ after, happening }), { minLength: 2, maxLength: 40, size: "max" });
}

/** The view of a receiver after the messages that it got. */
interface Receiver {
  readonly sink: string;
  readonly groupKey: string;
  /** Fingerprints of alerts that are not points, firing as far as it knows. */
  open: ReadonlySet<string>;
  /** An end that it was owed has died on the way. */
  excused: boolean;
}

/** Tells a story to an engine, with an outbox that keeps one waiting message per sink and group, as the store does. */
export class Telling {
  readonly bed = new EngineBed(VARIANTS[0] ?? { rules: "" });
  readonly receivers = new Map<string, Receiver>();
  readonly #waiting = new Map<string, NewDelivery>();
  /** Keys of waiting messages that are an end, or took the place of one that was still waiting. */
  readonly #endsWaiting = new Set<string>();
  readonly #pods = new Map<string, readonly string[]>();
  readonly #counts = new Map<string, number>();
  /** Whether messages wait for the story to say what becomes of them. */
  readonly #manual: boolean;
  #taken = 0;

  constructor(options: { readonly manual: boolean }) {
    this.#manual = options.manual;
    this.bed.delivers = false;
  }

  tell(story: readonly Step[], replace: (happening: Happening) => Happening = (same) => same): this {
    for (const { after, happening } of story) {
      this.bed.until(this.bed.now + after);
      this.#collect();
      this.#happen(replace(happening));
      this.#collect();
    }
    return this;
  }

  /** Time goes by until nothing can be open any more. */
  end(): this {
    for (let quiet = 0; quiet < 2; quiet++) {
      for (const [key] of this.#waiting) this.#settle(key, "delivered");
      this.bed.live();
      this.bed.until(this.bed.now + 80 * HOUR);
      this.#collect();
    }
    for (const [key] of this.#waiting) this.#settle(key, "delivered");
    return this;
  }

  #happen(happening: Happening): void {
    switch (happening.kind) {
      case "events":
        this.bed.at(this.bed.now, ...happening.events.map((sketch) => this.#counted(sketch)));
        break;
      case "gap":
        this.bed.gap();
        break;
      case "live":
        this.bed.live();
        break;
      case "restart":
        this.bed.restart();
        break;
      case "reload": {
        const variant = VARIANTS[happening.variant];
        if (variant !== undefined) this.bed.reload(variant);
        break;
      }
      case "learn":
        this.#pods.set(`shop/Pod/${happening.pod}`, OWNERS);
        this.bed.learn({ object: `test/Pod/shop/${happening.pod}`, owners: OWNERS });
        break;
      case "silence":
        this.bed.step({ kind: "silence", silence: this.#silence(happening) });
        break;
      case "unsilence":
        this.bed.step(happening);
        break;
      case "deliver":
        for (const [key, delivery] of this.#waiting)
          if (delivery.sink === happening.sink) this.#settle(key, happening.outcome);
        break;
    }
  }

  #silence({ id, name, hours }: Happening & { readonly kind: "silence" }): Silence {
    const asked = { match: { name }, comment: "a story", author: "a test" };
    const end = hours === 0 ? { untilResolved: true } : { for: hours * HOUR * 1000 };
    return toSilence({ ...asked, ...end }, id, START + this.bed.now * 1000);
  }

  /** Counters go up as their writers would move them; owners are those known by now. */
  #counted(sketch: EventSketch & { readonly jump?: number }): EventSketch {
    const { name = "", object = "" } = sketch;
    const count = (this.#counts.get(name) ?? 0) + (sketch.jump ?? 1);
    this.#counts.set(name, count);
    const owners = this.#pods.get(object) ?? [];
    return { ...sketch, count, owners };
  }

  #collect(): void {
    for (; this.#taken < this.bed.messages.length; this.#taken++) {
      const delivery = this.bed.messages[this.#taken]?.delivery;
      if (delivery !== undefined) this.#enqueue(delivery);
    }
  }

  #enqueue(delivery: NewDelivery): void {
    const key = `${delivery.sink} ${delivery.groupKey}`;
    const before = this.#waiting.get(key);
    let next: NewDelivery | undefined = delivery;
    if (before !== undefined) {
      this.#waiting.delete(key);
      this.bed.outcome(before, "superseded");
      if (before.opening) {
        const instead = delivery.ifOpeningUnsent;
        next = instead === undefined ? undefined : { ...delivery, notification: instead, opening: true };
      } else {
        // The receiver knows the group, so a message that replaces this one is no beginning.
        next = { ...delivery, opening: false };
      }
    }
    if (next === undefined) return;
    this.#waiting.set(key, next);
    if (next.notification.kind === "resolved") this.#endsWaiting.add(key);
    if (!this.#manual) this.#settle(key, "delivered");
  }

  #settle(key: string, outcome: "delivered" | "dead"): void {
    const delivery = this.#waiting.get(key);
    if (delivery === undefined) return;
    this.#waiting.delete(key);
    // A group that only a digest had in it has no end of its own.
    if (delivery.notification.kind === "digest") return this.bed.outcome(delivery, outcome);
    const receiver = this.receivers.get(key) ?? {
      sink: delivery.sink,
      groupKey: delivery.groupKey,
      open: new Set<string>(),
      excused: false,
    };
    this.receivers.set(key, receiver);
    const ends = delivery.notification.kind === "resolved";
    if (outcome === "delivered") {
      receiver.open = ends ? new Set() : new Set(this.#lasting(delivery));
      receiver.excused = false;
    } else if (this.#endsWaiting.has(key)) receiver.excused = true;
    this.#endsWaiting.delete(key);
    this.bed.outcome(delivery, outcome);
  }

  #lasting({ notification }: NewDelivery): readonly string[] {
    const points = new Set(["OOMKilling", "Rebooted"]);
    return notification.alerts
      .filter((alert) => !points.has(alert.event.reason))
      .map((alert) => alert.fingerprint);
  }
}

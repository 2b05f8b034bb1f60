import type { Policy } from "../alert/index.ts";
import { type ClusterEvent, normalise, type RawEvent } from "../event/index.ts";
import { DIFFERENCE_REASONS, type Reenactment } from "./reenactment.ts";

/** A recorded state of an Event. */
export interface ComparedState {
  readonly raw: RawEvent;
  /** When it came; epoch milliseconds. */
  readonly at: number;
}

/** How often a receiver got something: there, here, and only at one of the two. */
export interface ComparedReceiver {
  readonly receiver: string;
  readonly there: number;
  readonly here: number;
  readonly onlyThere: number;
  readonly onlyHere: number;
}

/** Differences with the same reason for one receiver. */
export interface ComparedReason {
  readonly receiver: string;
  readonly code: string;
  /** In words. */
  readonly reason: string;
  readonly onlyThere: number;
  readonly onlyHere: number;
  /** The first Event: `Warning BackOff, Pod shop/web-1`. */
  readonly example: string;
}

/** The result of a comparison. */
export interface Comparison {
  /** States of Events in the recording. */
  readonly states: number;
  readonly receivers: readonly ComparedReceiver[];
  readonly differences: readonly ComparedReason[];
}

/**
 * Compares the decisions of another tool with those of rules and forwards here, state by state. A sink is the receiver
 * of the same name.
 */
export function compareEvents(
  states: readonly ComparedState[],
  reenactment: Reenactment,
  policy: Policy,
): Comparison {
  const book = new Book(reenactment.receivers);
  const newest = new Map<string, string>();
  for (const { raw, at } of states) {
    const event = normalise(raw, policy.cluster);
    const stamp = `${event.count}/${event.lastSeenAt}`;
    const isNews = newest.get(event.uid) !== stamp;
    newest.set(event.uid, stamp);
    const here = sinksOf(policy, event);
    const there = reenactment.decide(raw, event, at);
    for (const receiver of new Set([...there.receivers, ...here])) {
      const times = there.receivers.filter((name) => name === receiver).length;
      const isHere = isNews && here.has(receiver);
      const why = (): string => {
        if (!isHere && here.has(receiver)) return "not-news";
        if (isHere && there.ignored !== undefined && there.wouldBe.includes(receiver)) return there.ignored;
        return reenactment.explain(raw, event, { receiver, isHere });
      };
      book.enter({ receiver, times, isHere, event }, why);
    }
  }
  return { states: states.length, ...book.result() };
}

/** The sinks that get an Event: by rules with sinks of their own, and by forwards. */
function sinksOf(policy: Policy, event: ClusterEvent): ReadonlySet<string> {
  const ofRules = policy.rules.match(event).flatMap(({ sinks }) => sinks ?? []);
  return new Set([...ofRules, ...policy.forwards.match(event).flatMap(({ sinks }) => sinks)]);
}

interface Entry {
  readonly receiver: string;
  /** How often the tool sent it. */
  readonly times: number;
  readonly isHere: boolean;
  readonly event: ClusterEvent;
}

class Book {
  readonly #receivers = new Map<
    string,
    { there: number; here: number; onlyThere: number; onlyHere: number }
  >();
  readonly #reasons = new Map<
    string,
    { receiver: string; code: string; onlyThere: number; onlyHere: number; example: string }
  >();

  constructor(receivers: readonly string[]) {
    for (const receiver of receivers) this.#lineOf(receiver);
  }

  enter({ receiver, times, isHere, event }: Entry, why: () => string): void {
    const line = this.#lineOf(receiver);
    line.there += times;
    line.here += isHere ? 1 : 0;
    if (times > 0 && isHere) {
      if (times > 1) this.#differ({ receiver, event, onlyThere: times - 1, onlyHere: 0 }, "may-repeat");
      return;
    }
    if (times === 0 && !isHere) return;
    this.#differ({ receiver, event, onlyThere: times, onlyHere: isHere ? 1 : 0 }, why());
  }

  result(): Pick<Comparison, "receivers" | "differences"> {
    return {
      receivers: [...this.#receivers].map(([receiver, line]) => ({ receiver, ...line })),
      differences: [...this.#reasons.values()]
        .map((each) => ({ ...each, reason: DIFFERENCE_REASONS[each.code] ?? each.code }))
        .toSorted((a, b) => b.onlyThere + b.onlyHere - a.onlyThere - a.onlyHere),
    };
  }

  #differ(
    found: {
      readonly receiver: string;
      readonly event: ClusterEvent;
      readonly onlyThere: number;
      readonly onlyHere: number;
    },
    code: string,
  ): void {
    const { receiver, event, onlyThere, onlyHere } = found;
    const line = this.#lineOf(receiver);
    line.onlyThere += onlyThere;
    line.onlyHere += onlyHere;
    const key = JSON.stringify([receiver, code]);
    const reason = this.#reasons.get(key) ?? {
      receiver,
      code,
      onlyThere: 0,
      onlyHere: 0,
      example: shown(event),
    };
    reason.onlyThere += onlyThere;
    reason.onlyHere += onlyHere;
    this.#reasons.set(key, reason);
  }

  #lineOf(receiver: string): { there: number; here: number; onlyThere: number; onlyHere: number } {
    const known = this.#receivers.get(receiver);
    if (known !== undefined) return known;
    const line = { there: 0, here: 0, onlyThere: 0, onlyHere: 0 };
    this.#receivers.set(receiver, line);
    return line;
  }
}

function shown({ type, reason, involvedObject: { kind, name }, namespace }: ClusterEvent): string {
  return `${type} ${reason}, ${kind} ${namespace}/${name}`;
}

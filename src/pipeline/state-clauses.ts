import type { Fact, Policy } from "../alert/index.ts";
import { objectKey, type Occurrence } from "../event/index.ts";

/** Finds the state of objects now. It never throws, and answers within a bounded time. */
export interface StateFinder {
  /** @returns By object; one without an answer is missing. */
  find(objects: readonly Asked[]): Promise<ReadonlyMap<string, Fact["found"]>>;
}

/** An object whose state a rule asks for. */
export interface Asked {
  readonly object: string;
  readonly apiVersion: string;
}

/** The collaborators of `withStates`. */
export interface StateClauseContext {
  readonly policy: Pick<Policy, "rules">;
  /** Undefined: no state is known. */
  readonly states: StateFinder | undefined;
  /** Called for each rule that could not be decided, because the state is unknown; it does not match then. */
  readonly onUnknown: (rule: string) => void;
}

/**
 * Decides the conditions of rules on the state of objects. Only occurrences that match a rule in everything else are
 * looked up.
 */
export async function withStates(
  occurrences: readonly Occurrence[],
  { policy, states, onUnknown }: StateClauseContext,
): Promise<readonly Occurrence[]> {
  const { rules } = policy;
  if (!rules.readsState) return occurrences;
  const asked = new Map<string, Asked>();
  for (const { event, delta } of occurrences) {
    if (delta === 0 || !rules.match(event).some(({ state }) => state !== undefined)) continue;
    const object = objectKey(event);
    asked.set(object, { object, apiVersion: event.involvedObject.apiVersion });
  }
  if (asked.size === 0) return occurrences;
  const found = (await states?.find([...asked.values()])) ?? new Map<string, Fact["found"]>();
  return occurrences.map((occurrence) => {
    const { event } = occurrence;
    if (!asked.has(objectKey(event))) return occurrence;
    const state = found.get(objectKey(event)) ?? "unknown";
    const held = rules.match(event).flatMap((rule) => {
      if (rule.state === undefined) return [];
      if (typeof state !== "string")
        return rule.state.holds(state, event.involvedObject.container) ? [rule.name] : [];
      if (state === "unknown") onUnknown(rule.name);
      return [];
    });
    return { ...occurrence, stateRules: held };
  });
}

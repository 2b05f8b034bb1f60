import type { ClusterEvent } from "../../event/index.ts";
import { joinKey } from "../../lib/joined-key.ts";
import { KeyIndex } from "../../lib/key-index.ts";
import type { CompiledRule, RuleSet } from "../../rule/index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import { streamOf } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";

/** Where an Event lies. */
type Place = Pick<ClusterEvent, "cluster" | "namespace">;

/**
 * Alerts whose counter-event may be about another object than theirs. Tracking checks every counter-event in the cluster
 * and the namespace of their Events against them.
 */
export class FarReachingAlerts implements AlertIndex {
  /** By cluster and namespace. */
  readonly #byPlace = new KeyIndex();
  #rules: RuleSet;

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  /** Uses other rules for the alerts that change from now on. */
  configure(rules: RuleSet): void {
    this.#rules = rules;
  }

  /** Fingerprints of such alerts with Events in this namespace of this cluster. */
  of(place: Place): readonly string[] {
    return [...(this.#byPlace.get(keyOf(place)) ?? [])];
  }

  has(place: Place): boolean {
    return this.#byPlace.size > 0 && this.#byPlace.has(keyOf(place));
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    const place = after && streamOf(after);
    if (before !== undefined && streamOf(before).namespace !== place?.namespace)
      this.#byPlace.delete(keyOf(streamOf(before)), before.fingerprint);
    if (after !== undefined && place && countersReachFurther(this.#rules.byName.get(after.rule), after))
      this.#byPlace.add(keyOf(place), after.fingerprint);
  }
}

function keyOf({ cluster, namespace }: Place): string {
  return joinKey([cluster, namespace]);
}

/** Whether a rule has a counter-event that may be about another object than the alert's. */
export function countersReachFurther(
  rule: CompiledRule | undefined,
  alert: Pick<AlertState, "counters">,
): boolean {
  const sames = rule?.resolve.by ?? alert.counters ?? [];
  return sames.some(({ same }) => !same.includes("object"));
}

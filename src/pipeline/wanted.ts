import { type Batch, type ClusterEvent, normalise, type Observation } from "../event/index.ts";
import type { IngestContext } from "./ingest.ts";

/** An event that goes to the engine, and why. */
export interface Wanted {
  readonly event: ClusterEvent;
  /**
   * `match`: a rule or forward could match it. `awaited`: an open alert, or one that this batch opens, could change by
   * it.
   * `past`: a counter-event that nothing awaited when it came, now that a rule could match an event about its object.
   */
  readonly why: "match" | "awaited" | "past";
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
}

/** The wanted events of a batch, in order, and the number of its observations that are no valid Events. */
export interface Selection {
  readonly wanted: readonly Wanted[];
  readonly malformed: number;
}

/** `open`: a rule could match it. `forward`: only a forward could. `resolve`: it could be a counter-event. */
type Interest = "open" | "forward" | "resolve" | "none";

/**
 * Selects the observations for the engine. It drops nearly every Event of a cluster by its head and message alone. A
 * counter-event that nothing awaits is remembered in memory, and costs no row.
 */
export function selectWanted(batch: Batch, context: IngestContext): Selection {
  const { observations, receivedAt } = batch;
  const interests = observations.map((observation) => interestIn(observation, context));
  const opening = openingIn(observations, interests, context);
  const wanted: Wanted[] = [];
  let malformed = 0;
  const take = (observation: Observation, why: Wanted["why"], at: number): void => {
    const event = normaliseSafely(observation, context);
    if (event !== undefined) wanted.push({ event, why, receivedAt: at });
    else if (why !== "past") malformed += 1;
  };
  for (const [index, observation] of observations.entries()) {
    const interest = interests[index] ?? "none";
    if (interest === "open")
      for (const past of context.recent.take(observation.object))
        take(past.observation, "past", past.receivedAt);
    if (interest === "open" || interest === "forward") take(observation, "match", receivedAt);
    else if (isAwaited(observation, interest === "resolve", { opening, context }))
      take(observation, "awaited", receivedAt);
    else if (interest === "resolve") context.recent.remember(observation, receivedAt);
  }
  return { wanted, malformed };
}

function interestIn(observation: Observation, { policy: { rules, forwards } }: IngestContext): Interest {
  if (rules.couldMatch(observation)) return "open";
  if (forwards.couldWant(observation)) return "forward";
  return rules.couldResolve(observation) ? "resolve" : "none";
}

/** The objects about which Events of the batch itself could open alerts. */
interface Opening {
  readonly objects: ReadonlySet<string>;
  /** The namespaces of these Events, if counter-events there may be about other objects. */
  readonly namespaces: ReadonlySet<string>;
}

const NOTHING: Opening = { objects: new Set(), namespaces: new Set() };

function openingIn(
  observations: readonly Observation[],
  interests: readonly Interest[],
  { policy }: IngestContext,
): Opening {
  if (!interests.includes("open")) return NOTHING;
  const openers = observations.filter((_observation, index) => interests[index] === "open");
  return {
    objects: new Set(openers.map(({ object }) => object)),
    namespaces: new Set(policy.rules.reachesFurther ? openers.map(({ head }) => head.eventNamespace) : []),
  };
}

function isAwaited(
  observation: Observation,
  couldResolve: boolean,
  { opening, context }: { readonly opening: Opening; readonly context: IngestContext },
): boolean {
  if (couldResolve && opening !== NOTHING) {
    if (opening.objects.has(observation.object)) return true;
    if (opening.namespaces.has(observation.head.eventNamespace)) return true;
  }
  return context.engine.awaits(observation, couldResolve);
}

function normaliseSafely(observation: Observation, { onMalformed }: IngestContext): ClusterEvent | undefined {
  try {
    return normalise(observation.raw, observation.head.cluster);
  } catch (error) {
    onMalformed(error);
    return undefined;
  }
}

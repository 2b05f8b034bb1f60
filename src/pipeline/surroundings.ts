import type { ContainerLog, Fact, FactContext, Inquiry } from "../alert/index.ts";
import { ObjectKey } from "../event/index.ts";
import type { LogLookUp, StateLookUp } from "./fact-inputs.ts";
import type { RecentChanges } from "./recent-changes.ts";

/** ReplicaSets of a Deployment that are asked for: the newest, and the one before. */
const MOST_REPLICA_SETS = 2;

/** The ReplicaSets whose state belongs to the answer: only a message about a Deployment says what they do. */
export function replicaSetsToAsk(
  { object, purpose }: Inquiry,
  changes: RecentChanges,
  now: number,
): readonly Inquiry[] {
  if (purpose !== "tell" || ObjectKey.parse(object).kind !== "Deployment") return [];
  return changes
    .replicaSetsOf(object, now)
    .slice(0, MOST_REPLICA_SETS)
    .map((name) => {
      const { cluster, namespace } = ObjectKey.parse(object);
      const replicaSet = ObjectKey.format({ cluster, kind: "ReplicaSet", namespace, name });
      return { object: replicaSet, apiVersion: "apps/v1", purpose };
    });
}

/** The fact with its changes, failed probes and ReplicaSets; as it is when it has none. */
export function withSurroundings(
  fact: Fact,
  replicaSets: readonly Pick<Fact, "object" | "found">[],
  { changes, now }: { readonly changes: RecentChanges; readonly now: number },
): Fact {
  const known: Record<string, FactContext["replicaSets"][string]> = {};
  for (const { object, found } of replicaSets)
    if (typeof found === "object" && found.kind === "ReplicaSet") known[ObjectKey.parse(object).name] = found;
  const probes = changes.probes.of(fact.object, now);
  const context = { changes: changes.of(fact.object, now), replicaSets: known };
  if (context.changes.length + Object.keys(known).length + probes.length === 0) return fact;
  return { ...fact, context: probes.length === 0 ? context : { ...context, probes } };
}

/** A fact with the logs of the object's containers; as it is when there are none. */
function withLogs(fact: Fact, logs: readonly ContainerLog[]): Fact {
  if (logs.length === 0) return fact;
  return { ...fact, context: { changes: [], replicaSets: {}, ...fact.context, logs } };
}

/**
 * A look-up whose answers have the changes and the ReplicaSets of each object with them, and for a message the logs of
 * crashed containers.
 *
 * @param logs Undefined: no log is read.
 */
export function surroundingLookUp(
  lookUp: StateLookUp,
  changes: RecentChanges,
  { now, logs }: { readonly now: () => number; readonly logs?: LogLookUp | undefined },
): StateLookUp {
  const askOne = (inquiry: Inquiry, onFact: (fact: Fact) => void): void => {
    const also = replicaSetsToAsk(inquiry, changes, now());
    const replicaSets: Fact[] = [];
    let main: Fact | undefined;
    const take = (fact: Fact): void => {
      if (fact.object === inquiry.object) main = fact;
      else replicaSets.push(fact);
      if (main === undefined || replicaSets.length < also.length) return;
      const whole = withSurroundings(main, replicaSets, { changes, now: now() });
      if (logs === undefined || inquiry.purpose !== "tell") onFact(whole);
      else logs.read(whole, (lines) => onFact(withLogs(whole, lines)));
    };
    lookUp.ask([inquiry, ...also], take);
  };
  return {
    ask: (inquiries, onFact) => {
      for (const inquiry of inquiries) askOne(inquiry, onFact);
    },
    close: () => {
      lookUp.close();
      logs?.close();
    },
  };
}

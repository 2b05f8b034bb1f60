import { kubeletEvent } from "../../bench/events.ts";
import { Engine, type EngineInput } from "../../src/alert/index.ts";
import { silentObserver } from "../../src/alert/observer.ts";
import { normalise, type Occurrence } from "../../src/event/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { makePolicy } from "../support/engine-bed.ts";
import { OwnedStore } from "../support/owned-store.ts";

/** A rule that opens an alert for each object, which nothing ends. */
export const RULES =
  "rules: [{ name: each, match: { reason: BackOff }, identity: [object], resolve: { quiet: 1d } }]";

/** Events of one step. */
const STEP = 1000;

/** Writes a state file with so many open alerts, as the pipeline does: all of one namespace, in one group. */
export async function makeAlerts(path: string, count: number): Promise<void> {
  const store = await OwnedStore.open({ path, clock: systemClock, log: silentLogger });
  const policy = makePolicy({ rules: RULES });
  const now = Date.now();
  let ids = 0;
  const newId = (): string => `made-${++ids}`;
  const engine = new Engine({ policy, observer: silentObserver, newId, now });
  const step = async (input: EngineInput): Promise<void> => {
    await store.commit(engine.step(input, now));
  };
  await step({ kind: "live", cluster: "test", namespace: "" });
  for (let from = 0; from < count; from += STEP) {
    const occurrences = Array.from({ length: Math.min(STEP, count - from) }, (_, index) =>
      occurrenceOf(from + index, count, now),
    );
    await step({ kind: "occurrences", occurrences, learned: [] });
  }
  await store.close();
}

function occurrenceOf(index: number, count: number, now: number): Occurrence {
  const event = normalise(kubeletEvent(index, { reason: "BackOff", objects: count }), "test");
  return {
    event,
    delta: 1,
    since: event.firstSeenAt,
    estimated: false,
    epoch: 0,
    via: "watch",
    history: false,
    unseen: true,
    owners: [],
    node: "",
    receivedAt: now,
  };
}

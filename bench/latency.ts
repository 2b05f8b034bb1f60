import { setTimeout as sleep } from "node:timers/promises";

import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { startReceiver } from "./receiver.ts";

/** Milliseconds from the API server's acknowledgement to the whole body at the receiver. */
export interface Latency {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Creates `events` Events, `perSecond` of them, each its own alert without group wait. */
export async function measureLatency(events: number, perSecond: number): Promise<Latency> {
  const created = new Map<string, number>();
  const waits: number[] = [];
  await using receiver = await startReceiver((body, at) => {
    const name = /"name":"(web-\d+)\./u.exec(body)?.[1] ?? "";
    const since = created.get(name);
    if (since !== undefined && created.delete(name)) waits.push(at - since);
  });
  await using api = await startEventsApi({ clock: systemClock });
  await using _bridge = await startBridge(api.url, {
    rules: [{ name: "bench", match: { reason: "Bench" }, identity: ["object"], lifecycle: "point" }],
    sinks: [{ name: "hook", type: "webhook", url: receiver.url }],
    route: { sinks: ["hook"], groupBy: ["..."], groupWait: "0s" },
  });
  await sleep(500);
  const startedAt = performance.now();
  for (let index = 0; index < events; index++) {
    const dueAt = startedAt + (index * 1000) / perSecond;
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    api.create(withoutServerFields(kubeletEvent(index, { reason: "Bench", objects: events })));
    created.set(`web-${index}`, performance.now());
  }
  for (let patience = 0; waits.length < events && patience < 100; patience++) await sleep(100);
  if (waits.length < events) throw new Error(`only ${waits.length} of ${events} events arrived`);
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { events, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** What the API server fills in itself. */
function withoutServerFields(event: object): object {
  const { metadata, ...rest } = event as {
    readonly metadata: { readonly name: string; readonly namespace: string };
  };
  return { ...rest, metadata: { name: metadata.name, namespace: metadata.namespace } };
}

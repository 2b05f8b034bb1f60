import { setTimeout as sleep } from "node:timers/promises";

import { startReceiver } from "./receiver.ts";
import { type Program, sample } from "./sample.ts";

/** Milliseconds from the API server's acknowledgement to the whole body at the receiver, and what an Event costs. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** With what the program does besides meanwhile. */
  readonly cpuMsPerEvent: number;
}

/** Events that come one after the other at a steady rate. */
export interface Trickle {
  readonly events: number;
  readonly perSecond: number;
  /** Makes the `index`-th Event; its name begins with `web-${index}.`. Resolves when the server has said that it has it. */
  readonly create: (index: number) => Promise<void>;
  /** Starts what is measured; it sends one request for each Event. */
  readonly start: (receiverUrl: string) => Promise<Program>;
}

/** Creates Events at a steady rate and waits for all of them at the receiver. */
export async function measureLatency({ events, perSecond, create, start }: Trickle): Promise<Latency> {
  const arrived = new Map<string, number>();
  await using receiver = await startReceiver((body, at) => {
    const name = /"name":"(web-\d+)\./u.exec(body)?.[1];
    if (name !== undefined && !arrived.has(name)) arrived.set(name, at);
  });
  await using program = await start(receiver.url);
  await sleep(1000);
  const before = sample(program);
  const startedAt = performance.now();
  const creating: Promise<number>[] = [];
  for (let index = 0; index < events; index++) {
    const early = startedAt + (index * 1000) / perSecond - performance.now();
    if (early > 0) await sleep(early);
    creating.push(create(index).then(() => performance.now()));
  }
  const created = await Promise.all(creating);
  for (let patience = 0; arrived.size < events && patience < 1000; patience++) await sleep(10);
  if (arrived.size < events) throw new Error(`only ${arrived.size} of ${events} events arrived`);
  const after = sample(program);
  const waits = created.map((at, index) => Math.max(0, (arrived.get(`web-${index}`) ?? Infinity) - at));
  const sorted = waits.toSorted((a, b) => a - b);
  const share = (part: number): number =>
    sorted[Math.min(events - 1, Math.floor(events * part))] ?? Number.NaN;
  return {
    p50Ms: share(0.5),
    p99Ms: share(0.99),
    cpuMsPerEvent: (after.cpuUs - before.cpuUs) / 1000 / events,
  };
}

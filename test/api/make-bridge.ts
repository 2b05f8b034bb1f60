import type { Bridge } from "../../src/api/index.ts";
import type { Configuration } from "../../src/config/index.ts";
import { Feed } from "../../src/feed/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { openSqliteStore, type StoreHost } from "../../src/store/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** A bridge over an empty store in memory, without alerts and sinks; override what matters. */
export async function makeBridge(over: Partial<Bridge> = {}): Promise<Bridge> {
  const clock = new FakeClock();
  return {
    version: "1.2.3",
    cluster: "test",
    startedAt: clock.now(),
    configuration: () => makeConfiguration(),
    silence: () => Promise.resolve(),
    ...storeParts(await openSqliteStore({ path: ":memory:", clock, log: silentLogger })),
    delivery: { status: () => [] },
    streams: () => [],
    seenState: () => undefined,
    conditionOf: () => undefined,
    messagesToCome: () => [],
    asTold: () => undefined,
    titleOf: () => undefined,
    reviewAlerts: () => undefined,
    feed: new Feed({ epoch: "epoch", log: silentLogger }),
    lookUps: () => undefined,
    ring: () => undefined,
    playground: { play: () => Promise.resolve("busy") },
    scrub: (text) => text,
    ...over,
  };
}

/** The parts of a store that the API uses. */
export function storeParts(
  host: StoreHost,
): Pick<Bridge, "queries" | "deadLetters" | "isWritable" | "sessionKey"> {
  const { queries, deadLetters, sharedKeys } = host;
  return {
    queries,
    deadLetters,
    isWritable: () => host.isWritable(),
    sessionKey: () => sharedKeys.keep("session", new Uint8Array(32).fill(7)),
  };
}

/** The parts of a configuration that the API reads, and no others. */
export function makeConfiguration(sinks: readonly string[] = []): Configuration {
  // The API reads these keys only.
  return {
    policy: {
      rules: { rules: [], byName: new Map(), labelNames: new Set(["namespace", "name"]) },
      forwards: { forwards: [] },
      route: undefined,
    },
    process: { state: { path: ":memory:", maxBytes: 1024 }, server: { page: true } },
    sinks: sinks.map((name) => ({ name, type: { type: "webhook" } })),
    origin: { hash: "abc" },
  } as unknown as Configuration;
}

import type { AlertState, Changes, GroupState, NewDelivery, Silence } from "../../src/alert/index.ts";
import { type Bridge, createHttpServer } from "../../src/api/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { Secret } from "../../src/lib/secret.ts";
import { makeEvent } from "../alert/make.ts";
import { makeBridge, makeConfiguration, storeParts } from "../api/make-bridge.ts";
import { alertChanges, together, toEntityChanges } from "../support/entity-changes.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { runCommand } from "./run-command.ts";

/** Epoch milliseconds: the clock of the bridge stands here. */
export const NOW = Date.parse("2026-06-01T10:00:00Z");

/** The real API over a real store, with alerts of the test's choice, and command lines that ask it. */
export interface FakeBridge extends AsyncDisposable {
  readonly address: string;
  readonly store: OwnedStore;
  commit(changes: Partial<Changes>): Promise<void>;
  /** Stores what an engine would have kept. */
  keep(states: {
    readonly alerts?: readonly AlertState[];
    readonly groups?: readonly GroupState[];
    readonly silences?: readonly Silence[];
  }): Promise<void>;
  /** Makes dead letters of these. */
  bury(...deliveries: readonly NewDelivery[]): Promise<void>;
  run(argv: readonly string[], options?: Parameters<typeof runCommand>[1]): ReturnType<typeof runCommand>;
}

/** Starts it. Sink `ops` is configured; the write token is `write-token`. */
export async function startFakeBridge(over: Partial<Bridge> = {}): Promise<FakeBridge> {
  const clock = new FakeClock(NOW);
  const store = await OwnedStore.open({ path: ":memory:", clock, log: silentLogger });
  const server = createHttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    access: () => ({ localRead: true, read: [], write: [Secret.literal("write-token")] }),
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => Promise.resolve({ ok: true, findings: [] }),
    bridge: await makeBridge({
      ...storeParts(store.host),
      configuration: () => makeConfiguration(["ops"]),
      ...over,
    }),
    clock,
    log: silentLogger,
  });
  await server.start();
  const address = server.address ?? "";
  return {
    address,
    store,
    commit: (changes) => store.commit(changes),
    keep: async ({ alerts = [], groups = [], silences = [] }) => {
      const rest = toEntityChanges({
        group: { put: groups, forget: [] },
        silence: { put: silences, forget: [] },
      });
      await store.commit({ entities: together(alertChanges(alerts), rest) });
    },
    bury: async (...deliveries) => {
      await store.commit({ deliveries });
      for (const { id, sink } of deliveries) {
        await store.lease(NOW, { sink });
        const error = "the receiver answered 400";
        await store.settle([{ id, outcome: "dead", at: NOW - 60_000, error }], sink);
      }
    },
    run: (argv, options = {}) =>
      runCommand(argv, { ...options, env: { TOCSIN_SERVER: address, ...options.env } }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await store.close();
    },
  };
}

/** An alert that fires since five minutes and was not sent yet; override the fields that matter. */
export function makeOpenAlert(over: Partial<AlertState> = {}): AlertState {
  const at = NOW - 5 * 60_000;
  // Fields that only the engine reads are left out.
  return {
    fingerprint: "f1",
    rule: "image-pull-failing",
    phase: "firing",
    severity: "warning",
    lifecycle: "recurring",
    labels: { namespace: "shop", workload: "Deployment/web", reason: "BackOff" },
    runbook: null,
    dashboard: null,
    openedAt: at,
    firedAt: at,
    resolvedAt: undefined,
    resolvedBy: undefined,
    firstSeenAt: at,
    lastSeenAt: NOW - 20_000,
    occurrences: 57,
    members: [],
    membersOmitted: [],
    event: makeEvent({ message: "Back-off pulling image" }),
    destinations: [],
    ...over,
  } as unknown as AlertState;
}

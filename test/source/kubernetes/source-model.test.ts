import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type EventsApi, startEventsApi } from "../../../src/demo/index.ts";
import type { Position } from "../../../src/event/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rounds } from "../../support/rounds.ts";
import { statusObject } from "../../support/scripted-api-server.ts";
import { Follow } from "./follow.ts";

const MINUTE = 60_000;

type Action =
  | { readonly do: "write" | "remove"; readonly name: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "error"; readonly code: number }
  | { readonly do: "refuse"; readonly status: number }
  | { readonly do: "restart" | "snapshot" | "restore" | "restore-unseen" }
  | { readonly do: Fault };

type Fault = "bookmark" | "compact" | "end" | "cut" | "tear" | "mend";

const WRITE: fc.Arbitrary<Action> = fc.record({ do: fc.constant("write"), name: fc.nat(4) });

const wait = (max: number): fc.Arbitrary<Action> =>
  fc.record({ do: fc.constant("wait"), ms: fc.integer({ min: 0, max }) });

const one = (action: Action): fc.Arbitrary<Action> => fc.constant(action);

const ANY: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: WRITE },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove"), name: fc.nat(4) }) },
  { weight: 6, arbitrary: wait(4 * MINUTE) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("error"), code: fc.constantFrom(410, 500, 503) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("refuse"), status: fc.constantFrom(401, 403, 429, 500) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("bookmark", "compact", "end", "cut", "tear", "mend", "restart"),
    }),
  },
);

/** Something is written while nothing can be read. */
const AWAY = episode(
  [wait(4 * MINUTE), one({ do: "refuse", status: 500 })],
  [fc.record({ do: fc.constantFrom("end", "cut", "tear", "restart") })],
  fc.array(WRITE, { minLength: 1, maxLength: 3 }),
  [one({ do: "mend" })],
);

/** Loses writes by a restore, and uses as many versions again. */
const RESTORED = episode(
  [one({ do: "snapshot" })],
  fc.array(WRITE, { minLength: 1, maxLength: 3 }),
  [fc.record({ do: fc.constantFrom("restore", "restore-unseen") })],
  fc.array(ANY, { maxLength: 3 }),
  fc.array(WRITE, { maxLength: 5 }),
);

/** The same, and the versions that a stream has seen are used again while it is away. */
const OVERTAKEN = episode(
  [one({ do: "snapshot" })],
  fc.array(WRITE, { minLength: 1, maxLength: 3 }),
  [one({ do: "restore-unseen" }), one({ do: "refuse", status: 500 }), one({ do: "cut" })],
  fc.array(WRITE, { minLength: 2, maxLength: 5 }),
  [one({ do: "mend" })],
);

function episode(
  ...parts: (fc.Arbitrary<Action>[] | fc.Arbitrary<Action[]>)[]
): fc.Arbitrary<readonly Action[]> {
  const lists = parts.map((part) => (Array.isArray(part) ? fc.tuple(...part) : part));
  return fc.tuple(...lists).map((told) => told.flat());
}

function story(...episodes: fc.Arbitrary<readonly Action[]>[]): fc.Arbitrary<readonly Action[]> {
  const alone = { weight: 4, arbitrary: ANY.map((action) => [action]) };
  const others = episodes.map((arbitrary) => ({ weight: 1, arbitrary }));
  return fc
    .array(fc.oneof(alone, ...others), { minLength: 8, maxLength: 24, size: "max" })
    .map((parts) => parts.flat());
}

/** One state of an Event; its id is in the Event's message. */
interface State {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** The objects and the history of an API server, and the observations of a source. */
class Story implements AsyncDisposable {
  readonly #clock = new FakeClock();
  readonly #written = new Map<string, State>();
  /** The newest state of each Event that exists. */
  #live = new Map<string, State>();
  /** States that only a lost history had. */
  readonly #excused = new Set<string>();
  /** No watch from here or before need be served any more. */
  #goneUpTo = 0;
  #newest = 0;
  #restores = 0;
  #snapshot: { readonly restore: () => void; readonly live: ReadonlyMap<string, State> } | undefined;
  readonly #given = new Set<string>();
  #taken = 0;
  #position: Position | undefined;
  #api!: EventsApi;
  #follow!: Follow;

  async begin(): Promise<void> {
    this.#api = await startEventsApi({ clock: this.#clock, ttlMs: 1000 * MINUTE, compactionIntervalMs: 1e9 });
    await this.#start();
    await this.#follow.untilLive();
  }

  async run(action: Action): Promise<void> {
    switch (action.do) {
      case "write":
        this.#write(`e${action.name}`);
        break;
      case "remove":
        if (this.#live.delete(`e${action.name}`)) this.#api.remove("shop", `e${action.name}`);
        break;
      case "wait":
        await this.#pass(action.ms);
        break;
      case "error":
        if (action.code === 410) this.#goneUpTo = this.#newest;
        this.#api.writeToStreams(`${JSON.stringify({ type: "ERROR", object: statusObject(action.code) })}\n`);
        this.#api.destroyStreams();
        break;
      case "refuse":
        this.#api.refuse(action.status);
        break;
      case "restart":
        await this.#follow[Symbol.asyncDispose]();
        await this.#start();
        break;
      case "snapshot":
        this.#snapshot = { restore: this.#api.snapshot(), live: new Map(this.#live) };
        break;
      case "restore":
      case "restore-unseen":
        this.#restore(action.do === "restore");
        break;
      case "bookmark":
      case "compact":
      case "end":
      case "cut":
      case "tear":
      case "mend":
        this.#fault(action.do);
    }
    await this.#settle();
  }

  /** All is well from now on, for long enough that lists which make sure are made. */
  async end(): Promise<void> {
    this.#api.refuse(undefined);
    await this.#pass(45 * MINUTE);
    const { source } = this.#follow;
    await this.#follow.until(() => source.status().every(({ state }) => state === "watching"));
    expect(source.status()).toMatchObject([{ trouble: "" }]);
    const missing = [...this.#live.values()].filter(({ id }) => !this.#given.has(id));
    expect(missing, "exists, and was not given").toEqual([]);
    if (this.#restores === 0) {
      const lost = [...this.#written.keys()].filter((id) => !this.#given.has(id) && !this.#excused.has(id));
      expect(lost, "in the history, and was not given").toEqual([]);
    }
    expect(this.#position?.epoch ?? 0).toBeLessThanOrEqual(this.#restores);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#follow[Symbol.asyncDispose]();
    await this.#api.stop();
  }

  #fault(what: Fault): void {
    switch (what) {
      case "bookmark":
        this.#bookmark();
        break;
      case "compact":
        this.#api.compact();
        this.#goneUpTo = this.#newest;
        break;
      case "end":
        this.#api.endStreams();
        break;
      case "cut":
        this.#api.destroyStreams();
        break;
      case "tear":
        this.#api.writeToStreams('{"type":"ADDED","object":{"kind":"Ev');
        this.#api.destroyStreams();
        break;
      case "mend":
        this.#api.refuse(undefined);
    }
  }

  /** As a server does now and then, however little happens. */
  #bookmark(): void {
    if (this.#restores > 0) return;
    const metadata = { resourceVersion: String(Math.max(this.#newest, 1)) };
    const object = { apiVersion: "v1", kind: "Event", metadata };
    this.#api.writeToStreams(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
  }

  /** As etcd goes back: what was written since is gone, and its versions are used again. */
  #restore(isSeen: boolean): void {
    if (this.#snapshot === undefined) return;
    this.#snapshot.restore();
    this.#live = new Map(this.#snapshot.live);
    this.#restores += 1;
    if (isSeen) this.#api.destroyStreams();
  }

  async #start(): Promise<void> {
    this.#taken = 0;
    const positions = this.#position === undefined ? [] : [this.#position];
    this.#follow = await Follow.start(this.#api.url, { positions, startFrom: "all" }, this.#clock);
  }

  #write(name: string): void {
    const id = `s${this.#written.size}`;
    const { resourceVersion } = this.#api.record({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: "shop" },
      involvedObject: { kind: "Pod", namespace: "shop", name },
      reason: "X",
      message: id,
      type: "Warning",
      source: { component: "kubelet" },
      firstTimestamp: new Date(this.#clock.now()).toISOString(),
      lastTimestamp: new Date(this.#clock.now()).toISOString(),
      count: this.#written.size + 1,
    });
    const state = { id, name, version: Number(resourceVersion) };
    this.#newest = state.version;
    this.#written.set(id, state);
    this.#live.set(name, state);
  }

  async #pass(ms: number): Promise<void> {
    const end = this.#clock.monotonic() + ms;
    await this.#follow.until(() => this.#clock.monotonic() >= end, { stepMs: 5000, withinMs: ms + MINUTE });
    await this.#settle();
  }

  /** Takes in what was given, and checks that no position runs ahead of it. */
  async #settle(): Promise<void> {
    await this.#follow.until(() => true);
    const { messages } = this.#follow;
    for (; this.#taken < messages.length; this.#taken++) {
      const message = messages[this.#taken];
      if (message?.kind !== "batch") continue;
      const { observations, position } = message.batch;
      for (const { raw } of observations) {
        const id = String(raw.message);
        expect(this.#written.has(id), `invented: ${id}`).toBe(true);
        this.#given.add(id);
      }
      if (position !== undefined) this.#position = position;
    }
    if (Number(this.#position?.resourceVersion ?? 0) <= this.#goneUpTo) {
      for (const id of this.#written.keys()) if (!this.#given.has(id)) this.#excused.add(id);
    }
    // A restore makes older positions mean nothing, until the source has noticed it.
    if (this.#position === undefined || this.#restores > 0) return;
    const readUpTo = Number(this.#position.resourceVersion);
    const skipped = [...this.#live.values()].filter(
      ({ id, version }) => version <= readUpTo && !this.#given.has(id),
    );
    expect(skipped, `behind the position ${readUpTo}, and was not given`).toEqual([]);
  }
}

async function tell(actions: readonly Action[]): Promise<void> {
  await using told = new Story();
  await told.begin();
  for (const action of actions) await told.run(action);
  await told.end();
}

/** A run takes a second: what failed is shown as it is. */
const OPTIONS = { numRuns: rounds(8), endOnFailure: true };

describe("the source, whatever the server does", () => {
  it("gives all that a history holds, invents nothing, and has no position ahead of what it gave", async () => {
    await fc.assert(fc.asyncProperty(story(AWAY), tell), OPTIONS);
  });

  it("gives all that exists, when the history went backwards", async () => {
    await fc.assert(fc.asyncProperty(story(AWAY, RESTORED, OVERTAKEN), tell), OPTIONS);
  });
});

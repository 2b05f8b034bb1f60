import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { selfAlertSinks } from "../../src/app/self-alert-sinks.ts";
import { type Configuration, loadConfiguration } from "../../src/config/index.ts";
import { DeliveryError } from "../../src/egress/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { stateIncident } from "../../src/self/incidents.ts";
import { SelfAlertSender } from "../../src/self/self-alert-sender.ts";
import { SelfMonitor } from "../../src/self/self-monitor.ts";
import type { EventSource, SourceMessage, SourceStatus } from "../../src/source/index.ts";
import { DeliveryBed, type ScriptedSink } from "../delivery/delivery-bed.ts";
import { makeDelivery } from "../support/make-delivery.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const down = () => Promise.reject(DeliveryError.broken("unauthorized", "401"));
const refuse = () => Promise.reject(DeliveryError.poison("rejected", "bad"));

describe("the bridge about itself", () => {
  let folder: string;
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  let mail: ScriptedSink;
  let watch: SelfMonitor;
  let configuration: Configuration;
  let storeError = "";
  let malformed: { readonly at: number; readonly error: string } | undefined;
  let sources: SourceStatus[];
  let stopping: AbortController;
  const inbox = (sink: ScriptedSink): string[] => sink.given.map(({ title }) => title);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-self-"));
    bed = await DeliveryBed.open(join(folder, "tocsin.db"));
    const { house } = await bed.store.host.hold("house", new AbortController().signal);
    ops = bed.sink();
    mail = bed.sink();
    bed.start(bed.configure("ops", ops), bed.configure("mail", mail));
    configuration = await configured("selfAlerts: { sinks: [ops, mail] }");
    storeError = "";
    malformed = undefined;
    sources = [];
    stopping = new AbortController();
    watch = new SelfMonitor(bed.clock, HOUR);
    bed.onDead = (dead) => watch.recordDead(dead);
    const sender = new SelfAlertSender({
      cluster: "test",
      sinks: () => selfAlertSinks(configuration),
      house: {
        send: (deliveries) =>
          storeError === "" ? house.send(deliveries) : Promise.reject(new Error(storeError)),
      },
      delivery: bed.delivery,
      clock: bed.clock,
      log: silentLogger,
      scrub: (text) => text.replaceAll("secret", "***"),
    });
    void watch.run(
      {
        source: { status: () => sources },
        delivery: bed.delivery,
        pipeline: { status: () => ({ storeError, malformed }) },
        sender,
      },
      stopping.signal,
    );
  });
  afterEach(async () => {
    stopping.abort();
    await bed.close();
    rmSync(folder, { recursive: true });
  });

  async function configured(selfAlerts: string): Promise<Configuration> {
    writeFileSync(
      join(folder, "tocsin.yaml"),
      `cluster: test\nsinks: [{ name: ops, type: stdout }, { name: mail, type: stdout }]\nroute: { sinks: [ops] }\nrules: []\nforward: [{ name: all, sinks: [ops] }]\n${selfAlerts}\n`,
    );
    const loaded = await loadConfiguration({ file: undefined, env: {}, cwd: folder });
    if (loaded.configuration === undefined) throw new Error(JSON.stringify(loaded.findings));
    return loaded.configuration;
  }

  it("tells of a broken sink by the others, and of its end", async () => {
    ops.onSend = down;
    await bed.commit({ deliveries: [makeDelivery("d1", { createdAt: bed.clock.now() })] });
    await bed.clock.advance(4 * MINUTE);
    expect(inbox(mail)).toEqual([]);
    await bed.clock.advance(2 * MINUTE);
    expect(inbox(mail)).toEqual(["Tocsin itself: sink ops is broken"]);
    ops.onSend = async () => ({});
    await bed.clock.advance(10 * MINUTE);
    expect(inbox(mail)).toEqual([
      "Tocsin itself: sink ops is broken",
      "Resolved: Tocsin itself: sink ops is broken",
    ]);
    expect(new Set(ops.ids)).toEqual(new Set(["d1"]));
  });

  it("uses another sink when the one that is meant is the trouble", async () => {
    configuration = await configured("");
    ops.onSend = down;
    await bed.commit({ deliveries: [makeDelivery("d1", { createdAt: bed.clock.now() })] });
    await bed.clock.advance(6 * MINUTE);
    expect(inbox(mail)).toEqual(["Tocsin itself: sink ops is broken"]);
  });

  it("tells of dead letters, but never of its own", async () => {
    ops.onSend = refuse;
    mail.onSend = refuse;
    await bed.commit({ deliveries: [makeDelivery("d1", { createdAt: bed.clock.now() })] });
    await bed.clock.advance(5 * HOUR);
    expect(ops.ids).toEqual(["d1"]);
    expect(inbox(mail)).toEqual(["Tocsin itself: sink ops did not get a message"]);
    const dead = await bed.store.queries.deadLetters({ limit: 10 });
    expect(dead.map(({ sink }) => sink).toSorted()).toEqual(["mail", "ops"]);
  });

  it("tells of records that had no room, not more often than once an hour", async () => {
    watch.recordRefused(new Map([["siem", 20]]));
    await bed.clock.advance(MINUTE);
    watch.recordRefused(new Map([["siem", 1]]));
    await bed.clock.advance(30 * MINUTE);
    expect(inbox(mail)).toEqual(["Tocsin itself: records for sink siem are dropped"]);
  });

  it("names the destination that a sink does not reach, and sends that through the sink", async () => {
    const chat = bed.sink();
    bed.delivery.setSinks(
      [bed.configure("ops", ops), bed.configure("mail", mail), bed.configureWithDestinations("chat", chat)],
      bed.host,
    );
    chat.onSend = ({ title }) =>
      title.startsWith("#old")
        ? Promise.reject(DeliveryError.broken("gone", "archived"))
        : Promise.resolve({});
    for (const destination of ["#old", "#new"]) {
      const row = makeDelivery(destination, {
        sink: "chat",
        groupKey: destination,
        createdAt: bed.clock.now(),
      });
      const notification = { ...row.notification, title: `${destination}: it broke` };
      await bed.commit({ deliveries: [{ ...row, notification }] });
    }
    await bed.clock.advance(6 * MINUTE);
    expect(inbox(ops)).toEqual(["Tocsin itself: sink chat does not reach #old"]);
    chat.onSend = async () => ({});
    await bed.clock.advance(6 * MINUTE);
    expect(inbox(ops).at(-1)).toBe("Resolved: Tocsin itself: sink chat does not reach #old");
  });

  it("goes past a store that takes nothing, with one attempt", async () => {
    storeError = "state file /data/tocsin.db: secret: database or disk is full";
    await bed.clock.advance(6 * MINUTE);
    expect(inbox(ops)).toEqual(["Tocsin itself: the state cannot be stored"]);
    expect(inbox(mail)).toEqual(["Tocsin itself: the state cannot be stored"]);
    expect(await bed.store.queries.depths()).toEqual([]);
    storeError = "";
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toHaveLength(2);
    const ended = await bed.store.queries.deliveries({ which: "ended", limit: 10 });
    expect(ended.rows).toHaveLength(2);
    expect(await bed.outcomes()).toEqual([]);
  });

  it("sends nothing that a scrubber knows", async () => {
    const texts: string[] = [];
    ops.onSend = async ({ text }) => {
      texts.push(text.builtIn);
      return {};
    };
    watch.recordReload({
      ok: false,
      findings: [{ level: "error", file: "a.yaml", line: 1, column: 2, path: "x", message: "secret" }],
    });
    await bed.clock.advance(MINUTE);
    expect(texts).toEqual([
      "The old one goes on, so nothing is lost, but the change has no effect. a.yaml:1:2: x: ***. Run tocsin check.",
    ]);
    watch.recordReload({ ok: true, findings: [] });
    await bed.clock.advance(MINUTE);
    expect(inbox(ops).at(-1)).toBe("Resolved: Tocsin itself: the changed configuration is refused");
  });

  it("tells of a stream that is not followed, and of a line that cannot be read", async () => {
    const status = { cluster: "test", scope: "core", lastMessageAt: 0, resourceVersion: "1" };
    sources = [{ ...status, state: "waiting", trouble: "403 forbidden" }];
    await bed.clock.advance(6 * MINUTE);
    sources = [{ ...status, state: "watching", trouble: "", garbled: { at: 5, error: "no JSON" } }];
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual([
      "Tocsin itself: events cannot be followed",
      "Resolved: Tocsin itself: events cannot be followed",
      "Tocsin itself: the API server sent a line that cannot be read",
    ]);
  });

  it("tells of an Event that cannot be read, once for many", async () => {
    malformed = { at: 5, error: "not an Event: metadata.resourceVersion is missing" };
    await bed.clock.advance(MINUTE);
    // The same one is seen again at every look.
    await bed.clock.advance(3 * 60 * MINUTE);
    expect(inbox(ops)).toEqual(["Tocsin itself: the API server sent an Event that cannot be read"]);
  });

  it("tells of a damaged state file, and of a position as old as an Event may get", async () => {
    watch.recordDamage({ kind: "moved", path: "a.db", reason: "malformed", movedTo: "a.db.damaged-1" });
    const position = { clusterId: "c", epoch: 0, resourceVersion: "1", coverageStartAt: 0 };
    const now = bed.clock.now();
    watch.recordPositions([
      { ...position, scope: "fresh", updatedAt: now - 50 * MINUTE },
      { ...position, scope: "old", updatedAt: now - 56 * MINUTE },
    ]);
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual([
      "Tocsin itself: the state file was damaged",
      "Tocsin itself: possible gap from 1969-12-31 23:20Z to 1970-01-01 00:16Z",
    ]);
  });

  it("tells of a copy that became the state, and of no gap while the damaged file was written", async () => {
    const now = bed.clock.now();
    const copiedAt = now - 10 * 60 * MINUTE;
    const damage = { path: "a.db", reason: "malformed", movedTo: "a.db.damaged-1", copiedAt };
    watch.recordDamage({ ...damage, kind: "restored", writtenAt: now - MINUTE });
    watch.recordPositions([{ scope: "old", updatedAt: copiedAt }]);
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual([
      "Tocsin itself: the state file was damaged, and went back to its copy of 1969-12-31 14:16Z",
    ]);
  });

  it.each([
    ["with a copy", { copiedAt: 0 }, "A restart goes back to its copy of 1970-01-01 00:00Z."],
    ["without one", {}, "There is no copy of it yet: a restart begins with an empty one."],
  ])("tells of damage that is found while it runs, and of the next start %s", async (_, copy, cure) => {
    const damage = { kind: "found", path: "a.db", reason: "page 7", ...copy } as const;
    watch.recordDamage(damage);
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual(["Tocsin itself: the state file is damaged"]);
    expect(stateIncident(damage).text).toContain(cure);
  });

  it("tells of copies that could not be made, and of none that was", async () => {
    watch.recordCopy({ kind: "made", bytes: 1 });
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual([]);
    watch.recordCopy({ kind: "skipped", reason: "7 bytes are missing" });
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual(["Tocsin itself: the state file could not be copied today"]);
  });

  it.each([
    ["shorter than the life of an Event", 50 * MINUTE, false, []],
    [
      "longer than that",
      60 * MINUTE,
      false,
      ["Tocsin itself: possible gap from 1970-01-01 00:00Z to 1970-01-01 01:00Z"],
    ],
    [
      "after which history went backwards",
      MINUTE,
      true,
      ["Tocsin itself: the event history of the API server went backwards"],
    ],
  ])("tells of a gap %s", async (_, ms, isRewind, expected) => {
    const said: SourceMessage[] = [
      { kind: "live", cluster: "test", scope: "core", at: 0 },
      {
        kind: "gap",
        cluster: "test",
        scope: "core",
        at: 0,
        cause: "down",
        ...(isRewind ? { isRewind } : {}),
      },
      { kind: "live", cluster: "test", scope: "core", at: ms },
    ];
    const source: EventSource = {
      async *messages() {
        yield* said;
      },
      ack: () => undefined,
      status: () => [],
    };
    const heard: SourceMessage[] = [];
    for await (const message of watch.overhear(source).messages(stopping.signal)) heard.push(message);
    expect(heard).toEqual(said);
    await bed.clock.advance(MINUTE);
    expect(inbox(ops)).toEqual(expected);
  });
});

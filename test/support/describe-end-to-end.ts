import { setTimeout as sleep } from "node:timers/promises";

import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeAuthority, startMailServer } from "../sinks/email/mail-server.ts";
import { validateSlackPayload } from "./block-kit.ts";
import { BridgeProcess } from "./bridge-process.ts";
import { startReceiver } from "./fake-receiver.ts";
import { isWholeCheck, rounds } from "./rounds.ts";

/** An API server for the whole way; it may be shared by all tests. */
export interface EventsServer extends AsyncDisposable {
  /** The text of a kubeconfig whose user may read Events. */
  readonly kubeconfig: string;
  /** Creates a core/v1 Event in namespace `default`; answers its name. */
  create(event: object): Promise<string>;
  /** Merges a patch into an Event of namespace `default`. */
  patch(name: string, patch: object): Promise<void>;
  /** Deletes an Event of namespace `default`, as the end of a namespace does with all of its own. */
  remove(name: string): Promise<void>;
}

const SECRET = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

/**
 * An Event as a component writes it that knows nothing of recorders: no count, no times, an empty source.
 *
 * @param deployment Each test has its own, since all of them share a server.
 */
function pilot(deployment: string, more: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: "test-", namespace: "default" },
    type: "Warning",
    reason: "OnePilotFail",
    message: `one pilot failed: <!channel> injection of ${deployment}`,
    involvedObject: { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: deployment },
    source: {},
    ...more,
  };
}

function ruleFor(deployment: string, reason = "OnePilotFail"): string {
  return `
rules:
  - name: pilot-failed
    match: { type: Warning, reason: ${reason}, source: "", involvedObject: { kind: Deployment, name: ${deployment} } }
    severity: warning
`;
}

/** The whole program against an API server, from an Event to what the receivers got. */
export function describeEndToEnd(name: string, startServer: () => Promise<EventsServer>): void {
  describe(`from an Event to its receivers, on ${name}`, () => {
    let server: EventsServer;
    beforeAll(async () => {
      server = await startServer();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    it("tells Slack, mail and a signed webhook of one Event, each with object, reason and message", async () => {
      using authority = makeAuthority();
      await using mail = await startMailServer(authority);
      await using slack = await startReceiver({ status: 200, body: "ok" });
      await using hook = await startReceiver();
      await using bridge = new BridgeProcess();
      bridge.write("slack-url", `${slack.url}/services/T0/B0/x\n`);
      configure(bridge, server, "sc-b", {
        sinks: [
          { name: "chat", type: "slack", url: { file: "slack-url" } },
          {
            name: "mail",
            type: "email",
            host: "127.0.0.1",
            port: mail.port,
            caFile: authority.caFile,
            from: "tocsin@example.com",
            to: ["ops@example.com"],
          },
          { name: "hook", type: "webhook", url: hook.url, signing: { secrets: [SECRET] } },
        ],
        route: { sinks: ["chat", "mail", "hook"], groupWait: "100ms" },
      });
      await bridge.start();
      await server.create(pilot("sc-b"));
      await bridge.until(() =>
        [slack.requests, mail.mails, hook.requests].every((received) => received.length > 0),
      );

      const posted: unknown = JSON.parse(slack.bodies()[0] ?? "");
      expect(validateSlackPayload(posted)).toEqual([]);
      const text = JSON.stringify(posted);
      for (const word of ["sc-b", "pilot", "one pilot failed"]) expect(text.toLowerCase()).toContain(word);
      expect(text).not.toContain("<!channel>");

      const letter = mail.mails[0]?.parsed;
      const read = `${letter?.subject}\n${letter?.text}`.toLowerCase();
      for (const word of ["sc-b", "pilot", "one pilot failed"]) expect(read).toContain(word);

      const [request] = hook.requests;
      const body = new Webhook(SECRET).verify(request?.body ?? "", request?.headers ?? {});
      expect(body).toMatchObject({
        kind: "firing",
        trigger: "first",
        cluster: "e2e",
        alerts: [
          {
            rule: "pilot-failed",
            event: {
              reason: "OnePilotFail",
              message: "one pilot failed: <!channel> injection of sc-b",
              involvedObject: { kind: "Deployment", name: "sc-b" },
            },
          },
        ],
      });
      expect(request?.headers["webhook-id"]).toBe((body as { id: string }).id);
      expect([slack.requests.length, mail.mails.length, hook.requests.length]).toEqual([1, 1, 1]);
      expect(await bridge.stop()).toBe(0);
    });

    it("follows an edited rule file without a restart, and refuses a broken one", async () => {
      await using hook = await startReceiver();
      await using bridge = new BridgeProcess();
      configure(bridge, server, "sc-edited", { sinks: [{ name: "hook", type: "webhook", url: hook.url }] });
      bridge.write("rules.yaml", ruleFor("sc-edited", "SomethingElse"));
      await bridge.start();
      await server.create(pilot("sc-edited"));
      await server.create(pilot("sc-edited", { reason: "SomethingElse" }));
      await bridge.until(() => hook.requests.length >= 1);
      bridge.write("rules.yaml", "rules: [{ name: broken, match: { reasn: X } }]");
      await bridge.until(() => bridge.log.includes("refused"));
      expect(bridge.log).toContain('did you mean \\"reason\\"');
      bridge.write("rules.yaml", ruleFor("sc-edited"));
      await bridge.until(() => bridge.log.includes("is in use"));
      await server.create(pilot("sc-edited"));
      await bridge.until(() => hook.requests.length >= 2);
      await bridge.until(() => reasonsOf(hook.bodies()).includes("OnePilotFail"));
      expect(reasonsOf(hook.bodies())[0]).toBe("SomethingElse");
    });

    it.runIf(isWholeCheck)("makes one message that says 50 of an Event that goes from 1 to 50", async () => {
      await using hook = await startReceiver();
      await using bridge = new BridgeProcess();
      configure(bridge, server, "sc-counted", {
        sinks: [{ name: "hook", type: "webhook", url: hook.url }],
        route: { sinks: ["hook"], groupWait: "3s" },
      });
      await bridge.start();
      const event = await server.create(pilot("sc-counted", { count: 1 }));
      for (const count of [2, 3, 17, 49, 50]) await server.patch(event, { count });
      await bridge.until(() => hook.requests.length >= 1);
      await sleep(500);
      expect(hook.bodies().map((body) => (JSON.parse(body) as { occurrences: number }).occurrences)).toEqual([
        50,
      ]);
    });

    it.runIf(isWholeCheck)(
      "delivers what it read of Events that are deleted before the receiver answers",
      async () => {
        await using hook = await startReceiver("hang");
        await using bridge = new BridgeProcess();
        configure(bridge, server, "sc-deleted", {
          sinks: [{ name: "hook", type: "webhook", url: hook.url, timeout: "500ms" }],
          forward: [{ name: "all", match: { reason: "Deleted" }, sinks: ["hook"] }],
        });
        await bridge.start();
        const names = await Promise.all(
          Array.from({ length: 20 }, () => server.create(pilot("sc-deleted", { reason: "Deleted" }))),
        );
        await bridge.until(() => hook.requests.length >= 1);
        for (const name of names) await server.remove(name);
        await sleep(300);
        hook.answer({ status: 200 });
        const told = (): Set<string> => new Set(recordsOf(hook.bodies()).map(({ event }) => event.name));
        await bridge.until(() => told().size === names.length);
        expect(told()).toEqual(new Set(names));
      },
    );

    it("delivers after kill -9 between commit and delivery, with the same id", async () => {
      await using hook = await startReceiver("hang");
      await using bridge = new BridgeProcess();
      configure(bridge, server, "sc-killed", { sinks: [{ name: "hook", type: "webhook", url: hook.url }] });
      await bridge.start();
      await server.create(pilot("sc-killed"));
      await bridge.until(() => hook.requests.length >= 1);
      await bridge.kill();
      hook.answer({ status: 200 });
      await bridge.start();
      await bridge.until(() => hook.requests.length >= 2);
      const ids = hook.requests.map((request) => request.headers["webhook-id"]);
      expect(new Set(ids).size).toBe(1);
      await sleep(300);
      expect(hook.requests).toHaveLength(2);
    });

    it.runIf(isWholeCheck)("keeps a silence over kill -9 right after its answer", async () => {
      await using hook = await startReceiver();
      await using bridge = new BridgeProcess();
      bridge.write("token", "write-me");
      configure(bridge, server, "sc-silenced", {
        sinks: [{ name: "hook", type: "webhook", url: hook.url }],
        server: { tokens: { write: [{ file: "token" }] } },
      });
      await bridge.start();
      const silence = { match: { name: "sc-silenced" }, for: "1h", comment: "x", author: "me" };
      const answer = await fetch(`${bridge.address}/api/v1/silences`, {
        method: "POST",
        headers: { authorization: "Bearer write-me", "content-type": "application/json" },
        body: JSON.stringify(silence),
      });
      await bridge.kill();
      expect(answer.status).toBe(200);
      await bridge.start();
      await server.create(pilot("sc-silenced"));
      await bridge.until(() => isSilencing(bridge));
      expect(hook.requests).toHaveLength(0);
    });

    it("loses nothing over kill -9 at any moment between receipt and commit", async () => {
      await using hook = await startReceiver();
      await using bridge = new BridgeProcess();
      configure(bridge, server, "sc-burst", {
        sinks: [{ name: "hook", type: "webhook", url: hook.url }],
        forward: [{ name: "all", match: { reason: "Burst" }, sinks: ["hook"] }],
      });
      await bridge.start();
      const written: Promise<string>[] = [];
      for (let round = 0; round < rounds(4); round++) {
        for (let index = 0; index < 60; index++)
          written.push(server.create(pilot("sc-burst", { reason: "Burst" })));
        await sleep(15 + 25 * round);
        await bridge.kill();
        await bridge.start();
      }
      const names = await Promise.all(written);
      await bridge.until(
        () => new Set(recordsOf(hook.bodies()).map(({ event }) => event.name)).size === names.length,
      );
      const records = recordsOf(hook.bodies());
      expect(new Set(records.map(({ event }) => event.name))).toEqual(new Set(names));
      const byName = Map.groupBy(records, ({ event }) => event.name);
      for (const repeats of byName.values()) expect(new Set(repeats.map(({ id }) => id)).size).toBe(1);
    });
  });
}

/** Everything but what a test is about: one rule, quick timers, the sink `hook`. */
function configure(bridge: BridgeProcess, server: EventsServer, deployment: string, more: object): void {
  bridge.write("kubeconfig.yaml", server.kubeconfig);
  bridge.write("rules.yaml", ruleFor(deployment));
  bridge.write("tocsin.yaml", {
    cluster: "e2e",
    kubernetes: { kubeconfig: "kubeconfig.yaml", startFrom: "now" },
    state: { path: "tocsin.db" },
    rules: ["rules.yaml"],
    route: { sinks: ["hook"], groupWait: "100ms", groupInterval: "0s" },
    log: { format: "json" },
    ...more,
  });
}

interface Body {
  readonly alerts: readonly { readonly event: { readonly reason: string } }[];
}

function reasonsOf(bodies: readonly string[]): readonly string[] {
  return bodies.flatMap((body) => (JSON.parse(body) as Body).alerts.map((alert) => alert.event.reason));
}

function recordsOf(
  bodies: readonly string[],
): readonly { readonly id: string; readonly event: { readonly name: string } }[] {
  return bodies.map((body) => JSON.parse(body) as { id: string; event: { name: string } });
}

/** Whether a silence has held something back in this life. */
async function isSilencing(bridge: BridgeProcess): Promise<boolean> {
  const metrics = await fetch(`${bridge.address}/metrics`);
  return /^tocsin_suppressed_total\{reason="silence"\} [1-9]/mu.test(await metrics.text());
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { captureIo } from "../cli/run-command.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";

const CANARY = "canary-8f2c1d";
const RULES = "rules: [{ name: it, match: { reason: Broken } }]";

/** `tocsin run` in this process, against the embedded API and a real receiver. */
class Service implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "tocsin-app-"));
  readonly written: { stdout: string; stderr: string };
  readonly signal: ReturnType<typeof captureIo>["signal"];
  readonly #io: ReturnType<typeof captureIo>["io"];
  #running: Promise<number> = Promise.resolve(0);

  constructor(parts: { readonly server: string; readonly receiver: FakeReceiver }) {
    const { io, written, signal } = captureIo({ cwd: this.directory, clock: systemClock });
    this.#io = io;
    this.written = written;
    this.signal = signal;
    const user = { name: "u", user: { token: `${CANARY}-token` } };
    this.write("kubeconfig", {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: parts.server } }],
      users: [user],
    });
    this.write("hook-url", `${parts.receiver.url}/${CANARY}-path`);
    this.write("write-token", `${CANARY}-write`);
    this.write("rules.yaml", RULES);
    this.configure();
  }

  write(name: string, content: string | object): void {
    writeFileSync(
      join(this.directory, name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }

  configure(more: object = {}): void {
    this.write("tocsin.yaml", {
      cluster: "test",
      kubernetes: { kubeconfig: "kubeconfig", startFrom: "now" },
      state: { path: "state.db" },
      rules: ["rules.yaml"],
      sinks: [{ name: "hook", type: "webhook", url: { file: "hook-url" } }],
      route: { sinks: ["hook"], groupWait: "0s", groupInterval: "0s", groupBy: ["..."] },
      server: { listen: "127.0.0.1:0", tokens: { write: [{ file: "write-token" }] } },
      log: { format: "json" },
      ...more,
    });
  }

  start(): void {
    this.#running = main(["run", "--config", join(this.directory, "tocsin.yaml")], this.#io);
  }

  get address(): string {
    return /"http":"([^"]+)"/u.exec(this.written.stderr)?.[1] ?? "";
  }

  async get(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await fetch(this.address + path, init);
    return { status: answer.status, body: await answer.text() };
  }

  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt++) {
      if (await holds()) return;
      await sleep(20);
    }
    throw new Error(`still not so after 8 s: ${holds.toString()}\n${this.written.stderr}`);
  }

  async ready(): Promise<void> {
    this.start();
    await this.until(() => this.address !== "");
    await this.until(async () => (await this.get("/readyz")).status === 200);
  }

  /** Ends it in order; answers its exit status. */
  async stop(): Promise<number> {
    this.signal("SIGTERM");
    return this.#running;
  }

  /** Its exit status when it ends by itself. */
  ended(): Promise<number> {
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function broken(name: string, more: object = {}): object {
  return {
    metadata: { generateName: `${name}-`, namespace: "shop" },
    involvedObject: { kind: "Pod", namespace: "shop", name },
    reason: "Broken",
    type: "Warning",
    message: `${name} is broken`,
    ...more,
  };
}

let api: EventsApi;
let receiver: FakeReceiver;
let service: Service;
beforeEach(async () => {
  api = await startEventsApi({ clock: systemClock });
  receiver = await startReceiver();
  service = new Service({ server: api.url, receiver });
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await Promise.all([api[Symbol.asyncDispose](), receiver[Symbol.asyncDispose]()]);
  const heard = `${service.written.stdout}${service.written.stderr}`;
  expect(heard).not.toContain(CANARY);
});

describe("a service", () => {
  it("refuses to start half-configured, with status 2 and every finding", async () => {
    service.write("rules.yaml", "rules: [{ name: it, match: { reasn: X, message: { regex: '(' } } }]");
    service.start();
    expect(await service.ended()).toBe(2);
    expect(service.written.stderr).toContain('did you mean "reason"?');
    expect(service.written.stderr).toMatch(/rules\.yaml:1:\d+: rules\[0\]\.match\.message\.regex: /u);
  });

  it("refuses to start without its secrets", async () => {
    rmSync(join(service.directory, "hook-url"));
    service.start();
    expect(await service.ended()).toBe(2);
    expect(service.written.stderr).toContain("sinks[0].url: secret: file");
  });

  it.each([
    [403, "403 forbidden: may not list events"],
    [404, "404"],
    [401, "401"],
  ])("says what is missing on %i, and stays up", async (status, words) => {
    api.refuse(status);
    service.start();
    await service.until(() => service.address !== "");
    await service.until(async () => (await service.get("/readyz")).body.includes(words));
    expect((await service.get("/readyz")).status).toBe(503);
    expect((await service.get("/livez")).status).toBe(200);
    expect(service.written.stderr.split("\n").filter((line) => line.includes("trouble")).length).toBeLessThan(
      4,
    );
  });

  it("waits for an API server that is not there yet", async () => {
    const port = Number(new URL(api.url).port);
    await api[Symbol.asyncDispose]();
    service.start();
    await service.until(() => service.written.stderr.includes("cannot reach the API server"));
    expect((await service.get("/readyz")).body).toContain("ECONNREFUSED");
    api = await startEventsApi({ clock: systemClock, port });
    await service.until(async () => (await service.get("/readyz")).status === 200);
    api.create(broken("web"));
    await receiver.arrived(1);
  });

  it("counts an Event that is none, says so once, and goes on", async () => {
    await service.ready();
    for (let round = 0; round < 3; round++)
      api.writeToStreams('{"type":"ADDED","object":{"reason":"Broken"}}\n');
    api.create(broken("web", { count: 7 }));
    await receiver.arrived(1);
    const { body } = await service.get("/metrics");
    expect(body).toMatch(/tocsin_events_total\{result="malformed"\} 3/u);
    expect(service.written.stderr.split("malformed").length).toBe(2);
  });

  it("buries what a receiver refuses, with the reason, and delivers the rest", async () => {
    await service.ready();
    receiver.script({ status: 400, body: "no" });
    api.create(broken("poison"));
    await service.until(() => service.written.stderr.includes("400"));
    api.create(broken("fine"));
    await receiver.arrived(2);
    await service.until(async () =>
      (await service.get("/metrics")).body.includes('tocsin_dead_letters{sink="hook"} 1'),
    );
  });

  it("delivers once with the same id after a receiver that fails", async () => {
    await service.ready();
    receiver.script({ status: 500 });
    api.create(broken("web"));
    await receiver.arrived(2);
    const ids = receiver.requests.map((request) => request.headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
  });

  it("lets a hanging sink delay no other", async () => {
    await using slow = await startReceiver("hang");
    service.configure({
      sinks: [
        { name: "hook", type: "webhook", url: { file: "hook-url" } },
        { name: "slow", type: "webhook", url: slow.url },
      ],
      route: { sinks: ["slow", "hook"], groupWait: "0s", groupBy: ["..."] },
    });
    await service.ready();
    api.create(broken("a"));
    api.create(broken("b"));
    await receiver.arrived(2);
  });

  it("reloads on request, with a token only, and keeps the old rules when the new ones are broken", async () => {
    await service.ready();
    const reload = (token?: string): ReturnType<Service["get"]> =>
      service.get("/-/reload", {
        method: "POST",
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
    expect((await reload()).status).toBe(401);
    expect((await reload("wrong")).status).toBe(401);
    expect(await reload(`${CANARY}-write`)).toMatchObject({ status: 200 });
    service.write("rules.yaml", "rules: [{ name: it, match: { reasn: X } }]");
    const refused = await reload(`${CANARY}-write`);
    expect([refused.status, refused.body]).toEqual([422, expect.stringContaining("reasn")]);
    expect((await service.get("/metrics")).body).toContain("tocsin_config_last_reload_success 0");
    api.create(broken("web"));
    await receiver.arrived(1);
  });

  it("makes dead letters of what waits for a sink that is removed, on SIGHUP", async () => {
    await service.ready();
    receiver.answer({ status: 500 });
    api.create(broken("web"));
    await receiver.arrived(1);
    service.configure({
      sinks: [{ name: "out", type: "stdout" }],
      route: { sinks: ["out"], groupWait: "0s", groupBy: ["..."] },
    });
    service.signal("SIGHUP");
    await service.until(() => service.written.stderr.includes("is in use"));
    await service.until(async () =>
      (await service.get("/metrics")).body.includes('tocsin_dead_letters{sink="hook"} 1'),
    );
    api.create(broken("other"));
    await service.until(() => service.written.stdout.includes("Broken: Pod other in shop"));
  });

  it("watches several namespaces by streams of their own", async () => {
    service.configure({
      kubernetes: { kubeconfig: "kubeconfig", startFrom: "now", namespaces: ["shop", "pay"] },
    });
    await service.ready();
    api.create(broken("web"));
    api.create(
      broken("till", {
        metadata: { generateName: "t-", namespace: "pay" },
        involvedObject: { kind: "Pod", namespace: "pay", name: "till" },
      }),
    );
    api.create(
      broken("out", {
        metadata: { generateName: "o-", namespace: "other" },
        involvedObject: { kind: "Pod", namespace: "other", name: "out" },
      }),
    );
    await receiver.arrived(2);
    await sleep(200);
    expect(receiver.requests).toHaveLength(2);
  });

  it("ends in order under load, and a next start loses nothing", async () => {
    await service.ready();
    for (let index = 0; index < 200; index++) api.create(broken(`pod-${index}`));
    expect(await service.stop()).toBe(0);
    for (let index = 200; index < 220; index++) api.create(broken(`pod-${index}`));
    service.written.stderr = "";
    await service.ready();
    const names = (): Set<string> =>
      new Set(receiver.bodies().map((body) => /"message":"(pod-\d+) is broken"/u.exec(body)?.[1] ?? ""));
    await service.until(() => names().size === 220);
  });

  it("refuses a state file that another process uses", async () => {
    await service.ready();
    const second = captureIo({ cwd: service.directory, clock: systemClock });
    const status = await main(["run", "--config", join(service.directory, "tocsin.yaml")], second.io);
    expect([status, second.written.stderr]).toEqual([
      1,
      expect.stringContaining("is in use by another process"),
    ]);
  });
});

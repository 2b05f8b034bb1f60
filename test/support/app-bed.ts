import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { main } from "../../src/cli/index.ts";
import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { captureIo } from "../cli/run-command.ts";
import { type FakeReceiver, startReceiver } from "./fake-receiver.ts";
import { PacedClock } from "./paced-clock.ts";
import { until } from "./until.ts";

/** In every secret of a bed; it must come out nowhere but at the API server and the receiver. */
export const CANARY = "canary-8f2c1d";

/** Opens `/-/reload`. */
export const WRITE_TOKEN = `${CANARY}-write`;

/** One that is known but may only read. */
export const READ_TOKEN = `${CANARY}-read`;

/** The sink of a bed unless told otherwise: all its secrets are in files. */
export const HOOK = {
  name: "hook",
  type: "webhook",
  url: { file: "hook-url" },
  headers: { "x-key": { file: "hook-key" } },
};

/** Every message on its own, at once. */
const AT_ONCE = { critical: "0s", else: "0s" };
export const ROUTE = { sinks: ["hook"], groupWait: AT_ONCE, groupInterval: AT_ONCE, groupBy: ["..."] };

/** A rule file for tests of many messages: what is not critical comes in a digest then. */
export const CRITICAL_RULES = "rules: [{ name: it, match: { reason: Broken }, severity: critical }]";

/** The answer of a path of the service. */
export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** One message as the receiver got it. */
export interface Message {
  readonly id: string;
  readonly status: "firing" | "resolved";
  readonly trigger: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `tocsin run` in this process and in fast motion, against the embedded API and a real receiver, in a folder of its
 * own. Closing it fails when a secret has come out.
 */
export class AppBed implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "tocsin-app-"));
  readonly clock: PacedClock;
  readonly receiver: FakeReceiver;
  readonly env: NodeJS.ProcessEnv = {};
  /** Called with everything that is written to standard error. */
  onStderr: (text: string) => void = () => undefined;
  #api: EventsApi;
  #written = { stdout: "", stderr: "" };
  #heard = "";
  #signal: ReturnType<typeof captureIo>["signal"] = () => undefined;
  #running: Promise<number> = Promise.resolve(0);

  /** @param speed How many times as fast as real time; deadlines of requests shrink as well. */
  static async open({ speed = 10 } = {}): Promise<AppBed> {
    const clock = new PacedClock(speed);
    return new AppBed(clock, await startEventsApi({ clock }), await startReceiver());
  }

  private constructor(clock: PacedClock, api: EventsApi, receiver: FakeReceiver) {
    this.clock = clock;
    this.#api = api;
    this.receiver = receiver;
    this.connectTo(api.url);
    this.write("hook-url", `${receiver.url.replace("://", `://user:${CANARY}-password@`)}/${CANARY}-path`);
    this.write("hook-key", `${CANARY}-key`);
    this.write("write-token", WRITE_TOKEN);
    this.write("read-token", READ_TOKEN);
    this.write("rules.yaml", "rules: [{ name: it, match: { reason: Broken } }]");
    this.configure();
  }

  get api(): EventsApi {
    return this.#api;
  }

  get stdout(): string {
    return this.#written.stdout;
  }

  get stderr(): string {
    return this.#written.stderr;
  }

  /** The lines of the log with this message, as they were written. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[] {
    return (
      this.stderr
        .split("\n")
        .filter((line) => line.startsWith("{"))
        // The log is in JSON unless a test says otherwise.
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line["message"] === message)
    );
  }

  /** Writes a file of the configuration; YAML may be JSON. */
  write(name: string, content: string | object): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(this.directory, name), text);
  }

  /** The API server that the next start finds. */
  connectTo(server: string): void {
    this.write("kubeconfig", {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server } }],
      users: [{ name: "u", user: { token: `${CANARY}-token` } }],
    });
  }

  /** Writes the configuration: the usual one, with these sections instead of its own. */
  configure(sections: object = {}): void {
    this.write("tocsin.yaml", {
      cluster: "test",
      // The embedded API has Events and nothing else.
      kubernetes: { kubeconfig: "kubeconfig", startFrom: "now", enrich: "off" },
      state: { path: "state.db" },
      rules: ["rules.yaml"],
      sinks: [HOOK],
      route: ROUTE,
      server: {
        listen: "127.0.0.1:0",
        tokens: { read: [{ file: "read-token" }], write: [{ file: "write-token" }] },
      },
      log: { format: "json" },
      ...sections,
    });
  }

  /** Starts the service and waits for nothing; its exit status, when it ends. */
  launch(): Promise<number> {
    const { io, written, signal } = captureIo({
      cwd: this.directory,
      clock: this.clock,
      env: this.env,
      stderr: (text) => {
        written.stderr += text;
        this.onStderr(text);
      },
    });
    this.#heard += this.stdout + this.stderr;
    this.#written = written;
    this.#signal = signal;
    this.#running = main(["run", "--config", join(this.directory, "tocsin.yaml")], io);
    return this.#running;
  }

  /** Starts the service and waits until it answers. */
  async start(): Promise<void> {
    void this.launch();
    await this.until(() => this.address !== "");
  }

  /** Starts the service and waits until it is ready. */
  async ready(): Promise<void> {
    await this.start();
    await this.until(() => this.isReady());
  }

  async isReady(): Promise<boolean> {
    return (await this.get("/readyz")).status === 200;
  }

  signal(signal: "SIGINT" | "SIGTERM" | "SIGHUP"): void {
    this.#signal(signal);
  }

  /** Ends it in order; answers its exit status. */
  async stop(): Promise<number> {
    this.#signal("SIGTERM");
    return this.#running;
  }

  get address(): string {
    return /"http":"([^"]+)"/u.exec(this.stderr)?.[1] ?? "";
  }

  async get(path: string, init?: RequestInit): Promise<Answered> {
    const answer = await fetch(this.address + path, init);
    const body = await answer.text();
    this.#heard += body;
    return { status: answer.status, body };
  }

  reload(token?: string): Promise<Answered> {
    const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    return this.get("/-/reload", { method: "POST", ...(headers === undefined ? {} : { headers }) });
  }

  /** The value of a metric with exactly these labels, as they are printed; undefined when there is none. */
  async metric(series: string): Promise<number | undefined> {
    const { body } = await this.get("/metrics");
    const line = body.split("\n").find((text) => text.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  }

  /** @throws {Error} with the log, when the condition does not come true. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    await until(holds, () => this.stderr);
  }

  /** The messages of the receiver about Events, without those about the service itself. */
  get messages(): readonly Message[] {
    return (
      this.receiver.requests
        // The native body of a webhook.
        .map(({ body, headers }) => ({ ...(JSON.parse(body) as Omit<Message, "headers">), headers }))
        .filter(({ trigger }) => trigger !== "self")
    );
  }

  /** Of each message: the object it is about. */
  told(): readonly string[] {
    return this.messages.map(({ alerts: [alert] }) => alert?.labels["name"] ?? "");
  }

  /** Resolves once so many messages have come in all. */
  async arrived(count: number): Promise<void> {
    await this.until(() => this.messages.length >= count);
  }

  async stopApi(): Promise<void> {
    await this.#api.stop();
  }

  /** The same API server again, at the same address and without a memory. */
  async restartApi(): Promise<void> {
    const port = Number(new URL(this.#api.url).port);
    this.#api = await startEventsApi({ clock: this.clock, port, clusterUid: this.#api.clusterUid });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Promise.all([this.#api.stop(), this.receiver.close()]);
    this.clock[Symbol.dispose]();
    const heard = this.#heard + this.stdout + this.stderr + this.#stored();
    rmSync(this.directory, { recursive: true, force: true });
    const at = heard.indexOf(CANARY);
    if (at !== -1) throw new Error(`a secret came out: ${heard.slice(Math.max(0, at - 300), at + 60)}`);
  }

  #stored(): string {
    const files = readdirSync(this.directory).filter((name) => name.startsWith("state.db"));
    return files.map((name) => readFileSync(join(this.directory, name), "latin1")).join("");
  }
}

/** An Event that the rule of a bed matches. */
export function broken(name: string, namespace = "shop", more: object = {}): object {
  return {
    metadata: { generateName: `${name}-`, namespace },
    involvedObject: { kind: "Pod", namespace, name },
    reason: "Broken",
    type: "Warning",
    message: `${name} is broken`,
    ...more,
  };
}

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Fact, InquiryPurpose } from "../../src/alert/index.ts";
import { type ApiClient, type CallOptions, connect } from "../../src/kube/index.ts";
import { type LogFields, type Logger, silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { type ContainerLogs, createLookUps, type LookUp, type StateLookUp } from "../../src/lookup/index.ts";
import type { InspectedKind } from "../../src/object/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Play, type Reply, ScriptedApiServer } from "../support/scripted-api-server.ts";
import { until } from "../support/until.ts";

/** Settings of a bed. */
export interface StateBedOptions {
  readonly namespaces?: readonly string[];
  readonly inspected?: readonly InspectedKind[];
  readonly logs?: { readonly namespaces: readonly string[]; readonly lines: number };
}

/** An inquiry in short. */
export interface Sketch {
  readonly apiVersion?: string;
  readonly purpose?: InquiryPurpose;
}

/** Look-ups of states over real HTTP, on a clock that stands still. */
export class StateBed implements AsyncDisposable {
  readonly server: ScriptedApiServer;
  readonly clock: FakeClock;
  readonly metrics = new Metrics();
  readonly warnings: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  readonly facts: Fact[] = [];
  readonly states: StateLookUp;
  readonly owners: LookUp;
  readonly logs: ContainerLogs | undefined;
  keepsTexts = false;
  readonly #client: ApiClient;
  #running = 0;

  private constructor(
    server: ScriptedApiServer,
    clock: FakeClock,
    client: ApiClient,
    options: StateBedOptions,
  ) {
    this.server = server;
    this.clock = clock;
    this.#client = client;
    const log: Logger = {
      ...silentLogger,
      warn: (message, fields) => void this.warnings.push({ message, fields }),
    };
    const { owners, states, logs } = createLookUps({
      enrich: "state",
      cluster: "test",
      namespaces: options.namespaces ?? [],
      inspected: () => options.inspected ?? [],
      keepsTexts: () => this.keepsTexts,
      logs: options.logs,
      client: {
        getJson: (path, call) => this.#getJson(path, call),
        getText: (path, call) => client.getText(path, call),
      },
      clock,
      log,
      metrics: this.metrics,
    });
    if (states === undefined) throw new Error("no look-ups of states");
    this.states = states;
    this.owners = owners;
    this.logs = logs;
  }

  static async open(options: StateBedOptions = {}): Promise<StateBed> {
    const server = await ScriptedApiServer.start();
    const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-state-")), "kubeconfig");
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        "current-context": "c",
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster: { server: server.url } }],
        users: [{ name: "u", user: { token: "t" } }],
      }),
    );
    const clock = new FakeClock();
    const client = await connect({ kubeconfig, context: "" }, { env: {}, clock, log: silentLogger });
    const bed = new StateBed(server, clock, client, options);
    bed.serve(replyWithObject);
    return bed;
  }

  /** From now on objects are answered so. */
  serve(play: Play): void {
    this.server.always("other", play);
  }

  ask(objects: readonly string[], { apiVersion = "", purpose = "tell" }: Sketch = {}): void {
    const inquiries = objects.map((object) => ({ object, apiVersion, purpose }));
    this.states.ask(inquiries, (fact) => void this.facts.push(fact));
  }

  /** Asks about one object. @returns Its fact. */
  async find(object: string, sketch: Sketch = {}): Promise<Fact> {
    const before = this.facts.length;
    this.ask([object], sketch);
    return until(() => this.facts.slice(before).find((fact) => fact.object === object));
  }

  /** Like `find`, for a word: `found`, `gone` or `unknown`. */
  async verdict(object: string, sketch: Sketch = {}): Promise<string> {
    const { found } = await this.find(object, sketch);
    return typeof found === "string" ? found : "found";
  }

  /** Time goes on, but never while a request is on its way. */
  async pass(ms: number): Promise<void> {
    const step = 50;
    for (let passed = 0; passed < ms; passed += step) {
      await this.idle();
      await this.clock.advance(Math.min(step, ms - passed));
    }
    await this.idle();
  }

  /** All requests have their answers. */
  async idle(): Promise<void> {
    await until(() => this.#running === 0);
  }

  get paths(): readonly string[] {
    return this.server.requests.map(({ path }) => path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.states.close();
    await this.#client.close();
    await this.server[Symbol.asyncDispose]();
  }

  async #getJson(path: string, call: CallOptions | undefined): ReturnType<ApiClient["getJson"]> {
    this.#running++;
    try {
      return await this.#client.getJson(path, call);
    } finally {
      this.#running--;
    }
  }
}

const KIND_OF: Readonly<Record<string, string>> = {
  pods: "Pod",
  replicasets: "ReplicaSet",
  deployments: "Deployment",
  statefulsets: "StatefulSet",
  daemonsets: "DaemonSet",
  jobs: "Job",
  cronjobs: "CronJob",
  horizontalpodautoscalers: "HorizontalPodAutoscaler",
  persistentvolumeclaims: "PersistentVolumeClaim",
  persistentvolumes: "PersistentVolume",
  namespaces: "Namespace",
  nodes: "Node",
};

/** The object of a path, as the API server has it. */
export function objectAt(path: string, fields: Readonly<Record<string, unknown>> = {}): object {
  const parts = path.split("/");
  const [resource = "", name = ""] = parts.slice(-2);
  const at = parts.indexOf("namespaces");
  const namespace = at !== -1 && at < parts.length - 2 ? { namespace: parts[at + 1] } : {};
  return { kind: KIND_OF[resource], metadata: { name, ...namespace, uid: `uid-${name}` }, ...fields };
}

/** Answers with an object that has nothing but its name. */
export function replyWithObject(reply: Reply, { path }: { readonly path: string }): void {
  reply.json(objectAt(path));
}

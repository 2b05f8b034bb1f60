import { main } from "../../src/cli/index.ts";
import { scaledClock } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { captureIo, type Outcome, runCommand } from "../cli/run-command.ts";
import { until } from "../support/until.ts";
import type { Cluster } from "./cluster.ts";
import { type Files, PodFolder } from "./pod-folder.ts";
import { at, type Manifest, type Rendered } from "./rendered.ts";

/** Timers run so much faster than ours: a group of alerts waits for seconds, not for half a minute. */
const SPEED = 5;

/**
 * `tocsin run` as the container of an installed chart would run it: files and environment of the Pod, the objects that
 * the API server has, and the token that it gives to the ServiceAccount of the Pod.
 */
export class InstalledBridge implements AsyncDisposable {
  readonly pod: PodFolder;
  readonly #signal: ReturnType<typeof captureIo>["signal"];
  readonly #written: { stdout: string; stderr: string };
  readonly #running: Promise<number>;

  /** Starts what was applied, and waits until it is ready. @param downward What the kubelet says of the Pod. */
  static async start(
    cluster: Cluster,
    rendered: Rendered,
    downward: Readonly<Record<string, string>> = {},
  ): Promise<InstalledBridge> {
    const { namespace } = rendered;
    const spec = at(rendered.one("Deployment"), "spec", "template", "spec");
    const account = String(at(spec, "serviceAccountName"));
    const pod = new PodFolder(spec, {
      configMaps: await filesOf(cluster, `/api/v1/namespaces/${namespace}/configmaps`, (text) => text),
      secrets: await filesOf(cluster, `/api/v1/namespaces/${namespace}/secrets`, (text) =>
        Buffer.from(text, "base64").toString(),
      ),
    });
    pod.mountAccount({
      token: await cluster.tokenFor(namespace, account),
      "ca.crt": cluster.plane.ca,
      namespace,
    });
    const bridge = new InstalledBridge(cluster, pod, { argv: args(spec), downward });
    await bridge.until(async () => (await bridge.get("/readyz")).status === 200);
    return bridge;
  }

  private constructor(
    cluster: Cluster,
    pod: PodFolder,
    {
      argv,
      downward,
    }: { readonly argv: readonly string[]; readonly downward: Readonly<Record<string, string>> },
  ) {
    this.pod = pod;
    const { hostname, port } = new URL(cluster.plane.url);
    const { io, written, signal } = captureIo({
      cwd: pod.root,
      clock: scaledClock(systemClock, SPEED),
      env: { ...pod.env, ...downward, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      serviceAccountDir: pod.serviceAccountDir,
    });
    this.#written = written;
    this.#signal = signal;
    this.#running = main(argv, io);
  }

  get log(): string {
    return this.#written.stderr;
  }

  /** Another command in the container, as by `kubectl exec`. */
  async exec(argv: readonly string[]): Promise<Outcome> {
    const env = { ...this.pod.env, TOCSIN_LISTEN: this.#address.replace("http://", "") };
    return runCommand(argv, { cwd: this.pod.root, env, clock: systemClock });
  }

  get #address(): string {
    return /"http":"([^"]+)"/u.exec(this.log)?.[1] ?? "";
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    if (this.#address === "") return { status: 0, body: "" };
    const answer = await fetch(this.#address + path);
    return { status: answer.status, body: await answer.text() };
  }

  async metric(series: string): Promise<number | undefined> {
    const { body } = await this.get("/metrics");
    const line = body.split("\n").find((text) => text.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  }

  /** @throws {Error} with the log, when the condition does not come true. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    await until(holds, () => this.log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal("SIGTERM");
    await this.#running;
    this.pod[Symbol.dispose]();
  }
}

function args(spec: unknown): readonly string[] {
  return at(spec, "containers", 0, "args") as readonly string[];
}

/** The contents of the objects of a list, keyed by name. */
async function filesOf(
  cluster: Cluster,
  path: string,
  decode: (text: string) => string,
): Promise<Readonly<Record<string, Files>>> {
  const items = at(await cluster.get(path), "items") as readonly Manifest[];
  return Object.fromEntries(
    items.map(({ metadata, data }) => [
      metadata.name,
      Object.fromEntries(Object.entries((data ?? {}) as Files).map(([key, text]) => [key, decode(text)])),
    ]),
  );
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { makeKeyPair } from "../../examples/mutating-webhook/certificate.ts";
import { readPage } from "../docs/pages.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { type ControlPlane, isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { type Json, Kubectl } from "../support/kubectl.ts";
import { until } from "../support/until.ts";

const EXAMPLE = "examples/mutating-webhook";
const LABELS = { app: "web" };
const PROFILE = "injector.shop.example/profile";

/** The example as a process. */
class Webhook implements AsyncDisposable {
  output = "";
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  private constructor(command: string, args: readonly string[]) {
    // A group of its own, since npm has a shell between itself and the program.
    this.#child = spawn(command, args, { detached: true });
    this.#exit = once(this.#child, "close");
    const keep = (chunk: Buffer): void => void (this.output += chunk.toString());
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
  }

  static start(...args: readonly string[]): Webhook {
    return new Webhook(process.execPath, ["--conditions=tocsin-source", `${EXAMPLE}/main.ts`, ...args]);
  }

  static startByNpm(...args: readonly string[]): Webhook {
    return new Webhook("npm", ["run", "--silent", "example:webhook", "--", ...args]);
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    const found = (): string | undefined => / at (?<url>https:\/\/\S+)\n/u.exec(this.output)?.groups?.["url"];
    return until(found, () => this.output);
  }

  /** Its exit status; null for npm, which ends by the signal itself. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined) {
      process.kill(-this.#child.pid, "SIGTERM");
    }
    await this.#exit;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

describe.skipIf(isControlPlaneMissing())(
  "the mutating webhook of examples/, asked by a real API server",
  () => {
    let plane: ControlPlane;
    let kubectl: Kubectl;
    let webhook: Webhook;
    let slack: FakeReceiver;
    let bridge: BridgeProcess;
    let replicaSet: { metadata: { name: string; uid: string } };
    let deploymentUid: string;
    const tls = mkdtempSync(join(tmpdir(), "tocsin-webhook-"));

    beforeAll(async () => {
      plane = await startControlPlane();
      kubectl = new Kubectl(plane);
      // Everything the manifests say, but for the way to the webhook: no Pod runs here.
      await kubectl.run("apply", "--filename", `${EXAMPLE}/manifests/injector.yaml`);
      const pair = makeKeyPair("127.0.0.1");
      writeFileSync(join(tls, "tls.crt"), pair.cert);
      writeFileSync(join(tls, "tls.key"), pair.key);
      const account = await kubectl.kubeconfigOf("injector", "injector");
      const certificate = [`--cert=${join(tls, "tls.crt")}`, `--key=${join(tls, "tls.key")}`];
      webhook = Webhook.start(`--kubeconfig=${account}`, ...certificate);
      await kubectl.apply(configurationFor(await webhook.url(), pair.cert));

      await kubectl.run("create", "namespace", "shop");
      await kubectl.run("create", "serviceaccount", "default", "--namespace", "shop");
      // The Deployment of the story in its README.
      const block = readPage(`${EXAMPLE}/README.md`).blocks.find(({ mark }) => mark === "deployment.yaml");
      const deployment = await kubectl.apply(parse(block?.text ?? "") as object);
      deploymentUid = deployment.metadata.uid;
      replicaSet = await kubectl.apply({
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        metadata: { name: "web-5d4", namespace: "shop", ...ownedBy("Deployment", deployment.metadata) },
        spec: { selector: { matchLabels: LABELS }, template: template() },
      });

      slack = await startReceiver({ status: 200, body: "ok" });
      bridge = new BridgeProcess();
      cpSync(`${EXAMPLE}/rules`, join(bridge.directory, "rules"), { recursive: true });
      bridge.write("slack-url", `${slack.url}/services/T0/B0/x\n`);
      bridge.write("kubeconfig", plane.kubeconfig);
      bridge.write("tocsin.yaml", {
        cluster: "prod-eu1",
        kubernetes: { kubeconfig: "kubeconfig" },
        rules: ["rules/*.yaml"],
        sinks: [{ name: "ops", type: "slack", url: { file: "slack-url" } }],
        route: { sinks: ["ops"], groupWait: { critical: "1s", else: "1s" }, groupInterval: "1s" },
      });
      await bridge.start();
      await waitUntilAsked();
    });

    afterAll(async () => {
      await bridge?.[Symbol.asyncDispose]();
      await slack?.close();
      await webhook?.stop();
      kubectl?.[Symbol.dispose]();
      await plane?.stop();
      rmSync(tls, { recursive: true });
    });

    /** Creates a Pod of the ReplicaSet as its controller would. */
    async function createPod(
      name: string,
      profile: string | undefined,
      query = "",
    ): Promise<{ pod: Json; warning: string | null }> {
      const answer = await plane.request(`/api/v1/namespaces/shop/pods${query}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          apiVersion: "v1",
          kind: "Pod",
          metadata: {
            name,
            labels: LABELS,
            ...(profile === undefined ? {} : { annotations: { [PROFILE]: profile } }),
            ...ownedBy("ReplicaSet", replicaSet.metadata),
          },
          spec: template().spec,
        }),
      });
      expect(answer.status).toBe(201);
      return { pod: (await answer.json()) as Json, warning: answer.headers.get("warning") };
    }

    /** Configurations reach the API server's admission within a second or so. */
    async function waitUntilAsked(): Promise<void> {
      let probe = 0;
      await until(async () => {
        const { pod } = await createPod(`probe-${++probe}`, "database", "?dryRun=All");
        return pod.spec.initContainers !== undefined;
      });
    }

    const events = async (): Promise<readonly Json[]> =>
      (await kubectl.json("get", "events.v1.events.k8s.io", "-n", "shop")).items;

    it("puts a variable and an init container into a Pod that asks for them", async () => {
      const { pod, warning } = await createPod("web-5d4-good", "database");
      expect(warning).toBeNull();
      expect(pod.spec.containers[0].env).toEqual([
        { name: "DATABASE_URL", value: "postgres://database.shop.svc:5432/shop" },
      ]);
      expect(pod.spec.initContainers).toMatchObject([
        { name: "injected-wait", args: ["database.shop.svc:5432"] },
      ]);
      const { pod: plain } = await createPod("web-5d4-plain", undefined);
      expect(plain.spec.initContainers).toBeUndefined();
      expect(await events()).toEqual([]);
    });

    it("writes nothing on a dry run", async () => {
      const { pod, warning } = await createPod("web-5d4-dry", "databse", "?dryRun=All");
      expect(warning).toContain("there is no injection profile");
      expect(pod.spec.initContainers).toBeUndefined();
      // Were it reported all the same, the Event of the next Pods would count one more than there are.
    });

    it("lets a Pod in that it fails on, and the Event is on the Deployment for everyone to see", async () => {
      const { pod, warning } = await createPod("web-5d4-1", "databse");
      expect(warning).toContain('injector.shop.example: there is no injection profile \\"databse\\"');
      expect(pod.spec.initContainers).toBeUndefined();
      expect(pod.spec.containers[0].env).toBeUndefined();

      const [event] = await until(
        async () => {
          const found = await events();
          return found.length > 0 ? found : undefined;
        },
        () => webhook.output,
      );
      const note = 'A Pod was let in without its injection: there is no injection profile "databse"';
      expect(event).toMatchObject({
        type: "Warning",
        reason: "InjectionFailed",
        action: "Inject",
        note,
        reportingController: "injector.shop.example/injector",
        regarding: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          namespace: "shop",
          name: "web",
          uid: deploymentUid,
        },
      });
      for (const command of [["get", "events"], ["events"], ["describe", "deployment", "web"]]) {
        const shown = await kubectl.run(...command, "--namespace", "shop");
        expect(shown).toMatch(/Warning\s+InjectionFailed/u);
        expect(shown).toContain(note);
        expect(shown).toMatch(/deployment\/web|Name: +web/iu);
      }
    });

    it("is one message in Slack, however many Pods fail", async () => {
      await slack.arrived(1);
      const [message = ""] = slack.bodies();
      expect(message).toContain("critical · Pods of Deployment/web start without injection");
      expect(message).toContain('there is no injection profile \\"databse\\"');
      expect(message).toContain("kubectl -n shop describe deployment web");

      for (const name of ["web-5d4-2", "web-5d4-3", "web-5d4-4", "web-5d4-5"])
        await createPod(name, "databse");
      // The second occurrence is written at once, the others within half a minute.
      await until(async () => {
        const found = await events();
        return found.length === 1 && found[0].series?.count === 5 ? found : undefined;
      });
      const alert = await until(async () => {
        const answer = await fetch(`${bridge.address}/api/v1/alerts`);
        const { items } = (await answer.json()) as { items: readonly Json[] };
        return items[0]?.occurrences === 5 ? items[0] : undefined;
      });
      expect(alert).toMatchObject({ rule: "injection-failed", severity: "critical" });
      expect(slack.requests).toHaveLength(1);
    });

    it("is over in Slack with the first Pod that gets its injection again", async () => {
      await createPod("web-5d4-6", "database");
      await slack.arrived(2);
      const [, message = ""] = slack.bodies();
      expect(message).toContain("Resolved");
      expect(message).toContain("Deployment/web");
      expect(slack.requests).toHaveLength(2);
      const reasons = (await events()).map(({ reason }) => reason);
      expect(new Set(reasons)).toEqual(new Set(["InjectionFailed", "InjectionRecovered"]));
      expect(reasons).toHaveLength(2);
    });

    it("tells its last reports before it ends", async () => {
      for (const name of ["web-5d4-7", "web-5d4-8", "web-5d4-9"]) await createPod(name, "another");
      await until(async () => (await events()).find(({ note }) => note.includes("another")));
      expect(await webhook.stop()).toBe(0);
      const event = (await events()).find(({ note }) => note.includes("another"));
      expect(event.series.count).toBe(3);
      expect(webhook.output).not.toContain("not written");
    });

    it("is not missed when it is away: Pods come in", async () => {
      const { pod } = await createPod("web-5d4-10", "database");
      expect(pod.spec.initContainers).toBeUndefined();
    });

    it("registers itself for a try, and is asked by nobody afterwards", async () => {
      await kubectl.run("delete", "mutatingwebhookconfiguration", "injector.shop.example");
      await using trial = Webhook.startByNpm(`--kubeconfig=${kubectl.kubeconfig}`, "--register");
      await trial.url();
      expect(trial.output).toMatch(/^v1\.\d+\.\d+: asked at https:\/\/127\.0\.0\.1:\d+\/mutate\n$/u);
      await waitUntilAsked();
      await trial.stop();
      expect((await kubectl.json("get", "mutatingwebhookconfigurations")).items).toEqual([]);
    });
  },
);

function template() {
  return {
    metadata: { labels: LABELS },
    spec: { containers: [{ name: "app", image: "registry.example/web:1" }] },
  };
}

function ownedBy(kind: string, { name, uid }: { name: string; uid: string }): object {
  return { ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid, controller: true }] };
}

/** The configuration of the manifests, by URL. */
function configurationFor(url: string, ca: string): object {
  const documents = parseAllDocuments(readFileSync(`${EXAMPLE}/manifests/injector.yaml`, "utf8"));
  const configuration = documents
    .map((document) => document.toJS())
    .find(({ kind }) => kind === "MutatingWebhookConfiguration");
  const [hook] = configuration?.["webhooks"] ?? [];
  const clientConfig = { url, caBundle: Buffer.from(ca).toString("base64") };
  return {
    ...configuration,
    webhooks: [{ ...hook, clientConfig }],
  };
}

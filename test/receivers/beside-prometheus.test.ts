import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { NotifiedAlert } from "../../src/alert/index.ts";
import { alertmanager } from "../../src/sinks/alertmanager/alertmanager.ts";
import { builtinRules } from "../support/builtin-rules.ts";
import { makeSink, sendOnce } from "../support/describe-sink.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { startReceiver } from "../support/fake-receiver.ts";
import { makeAlert, makeNotification } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import { ALERTMANAGERS, startAlertmanager, toldAtOnce } from "./alertmanager-server.ts";

const PAGE = readFileSync("docs/beside-prometheus.md", "utf8");

/** The inhibit rules of the page, as a part of a configuration. */
const INHIBIT_RULES = (/# alertmanager\.yml\n([\s\S]*?)```/u.exec(PAGE)?.[1] ?? "").replaceAll(
  /^ {3}/gmu,
  "",
);

interface Pair {
  readonly rules: readonly string[];
  readonly alerts: readonly string[];
  readonly labels: readonly string[];
}

/** The rows of the table; "the same" stands for the rules of the row before. */
const PAIRS: readonly Pair[] = [
  ...PAGE.matchAll(/^\| (?<rules>.*`.*|the same) \| (?<alerts>`Kube.*) \| (?<labels>.*) \|$/gmu),
].reduce<readonly Pair[]>((pairs, { groups = {} }) => {
  const named = namesIn(groups["rules"]);
  const before = (groups["rules"] ?? "").startsWith("the same") ? (pairs.at(-1)?.rules ?? []) : [];
  const pair = {
    rules: [...before, ...named],
    alerts: namesIn(groups["alerts"]),
    labels: namesIn(groups["labels"]),
  };
  return [...pairs, pair];
}, []);

function namesIn(cell = ""): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name);
}

/** The kind of the object whose name a label has. */
const KINDS: Readonly<Record<string, string>> = {
  deployment: "Deployment",
  statefulset: "StatefulSet",
  daemonset: "DaemonSet",
  job_name: "Job",
  node: "Node",
  horizontalpodautoscaler: "HorizontalPodAutoscaler",
  persistentvolume: "PersistentVolume",
};

/** An alert of Tocsin for a rule, about the object that the labels of a pair name. */
function ours(rule: string, labels: readonly string[], namespace: string): NotifiedAlert {
  const kind = labels.flatMap((label) => KINDS[label] ?? [])[0] ?? "Deployment";
  const isNode = kind === "Node" && rule !== "pod-evicted";
  const isPod = ["Deployment", "StatefulSet", "DaemonSet"].includes(kind) || rule === "pod-evicted";
  const name = `${namespace}-it`;
  return makeAlert({
    rule,
    fingerprint: `${rule}/${namespace}`,
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    labels: {
      ...makeAlert().labels,
      namespace: isNode || kind === "PersistentVolume" ? "" : namespace,
      kind: isPod ? "Pod" : kind,
      name: isPod ? "web-1" : name,
      workload: `${isPod && kind === "Node" ? "Deployment" : kind}/${name}`,
      node: kind === "Node" ? name : "node-of-pod",
    },
  });
}

/** The labels of an alert of the mixin about the same object, as kube-state-metrics names it. */
function theirs(alertname: string, labels: readonly string[], namespace: string): Record<string, string> {
  const values: Readonly<Record<string, string>> = { namespace, container: "app" };
  const same = labels.map((label) => [label, values[label] ?? `${namespace}-it`] as const);
  const pod =
    labels.includes("container") || alertname === "KubePodNotReady" ? { pod: "web-2", uid: "u" } : {};
  return { alertname, severity: "warning", job: "kube-state-metrics", ...pod, ...Object.fromEntries(same) };
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}

const lasting = (labels: Readonly<Record<string, string>>) => ({
  labels,
  annotations: {},
  startsAt: new Date(Date.now() - 900_000).toISOString(),
  endsAt: new Date(Date.now() + 240_000).toISOString(),
});

it("docs/beside-prometheus.md names rules that there are", () => {
  expect(PAIRS).toHaveLength(13);
  const known = builtinRules();
  expect(PAIRS.flatMap(({ rules }) => rules).filter((rule) => !known.includes(rule))).toEqual([]);
});

describe.each(ALERTMANAGERS)(
  "Alertmanager $version with the inhibit rules of docs/beside-prometheus.md",
  ({ program }) => {
    it.skipIf(program === undefined)(
      "holds back each alert of the mixin that a rule pairs with, and no other",
      async () => {
        await using hook = await startReceiver();
        await using server = await startAlertmanager(
          program ?? "",
          toldAtOnce(`${hook.url}/hook`, INHIBIT_RULES),
        );
        const { sink } = makeSink(
          alertmanager,
          { urls: [server.url], labels: { cluster: "" } },
          { clock: new FakeClock(Date.now()) },
        );
        const heldBack: string[] = [];
        const free: string[] = [];
        const pairs = PAIRS.flatMap(({ rules, alerts, labels }) =>
          rules.flatMap((rule) => alerts.map((alert) => ({ rule, alert, labels }))),
        );
        for (const [index, { rule, alert, labels }] of pairs.entries()) {
          const namespace = `ns${index}`;
          heldBack.push(`${rule} ${alert}`);
          free.push(`${rule} ${alert} elsewhere`);
          await sendOnce(sink, makeNotification({ alerts: [ours(rule, labels, namespace)] }));
          const mark = (about: string) => ({ about: `${rule} ${alert}${about}` });
          await server.post([
            lasting({ ...theirs(alert, labels, namespace), ...mark("") }),
            lasting({ ...theirs(alert, labels, `${namespace}-other`), ...mark(" elsewhere") }),
          ]);
        }
        await sink.close();
        const stateOf = async (): Promise<Readonly<Record<"held" | "active", readonly string[]>>> => {
          const shown = (await server.alerts()).filter(({ labels }) => labels["about"] !== undefined);
          const about = (state: string): readonly string[] =>
            shown
              .filter(({ status }) => status.state === state)
              .map(({ labels }) => labels["about"] ?? "")
              .toSorted(byText);
          return { held: about("suppressed"), active: about("active") };
        };
        // An alert is in neither state until Alertmanager has looked at it.
        await until(async () => {
          const { held, active } = await stateOf();
          return held.length + active.length === heldBack.length + free.length;
        });
        const expected = { held: heldBack.toSorted(byText), active: free.toSorted(byText) };
        expect(await stateOf()).toEqual(expected);
      },
    );

    it.skipIf(program === undefined)("makes one message of a crash loop that both see", async () => {
      await using hook = await startReceiver();
      await using server = await startAlertmanager(
        program ?? "",
        toldAtOnce(`${hook.url}/hook`, INHIBIT_RULES),
      );
      const { sink } = makeSink(
        alertmanager,
        { urls: [server.url], labels: { cluster: "" } },
        { clock: new FakeClock(Date.now()) },
      );
      await sendOnce(
        sink,
        makeNotification({ alerts: [ours("crash-loop", ["namespace", "deployment"], "shop")] }),
      );
      await sink.close();
      await until(() => hook.requests.length === 1);
      const pods = ["web-1", "web-2", "web-3"].map((pod) => ({
        ...theirs("KubePodCrashLooping", ["namespace", "container"], "shop"),
        pod,
      }));
      const deployment = theirs("KubeDeploymentReplicasMismatch", ["namespace", "deployment"], "shop");
      await server.post([...pods, deployment].map(lasting));
      // Alertmanager tells of this one after it has looked at those before it.
      await server.post([lasting({ alertname: "Watchdog" })]);
      await until(() => hook.bodies().some((body) => body.includes("Watchdog")));
      expect(hook.bodies().filter((body) => !body.includes("Watchdog"))).toHaveLength(1);
      const held = (await server.alerts()).filter(({ status }) => status.inhibitedBy.length > 0);
      expect(held).toHaveLength(4);
    });
  },
);

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { liveStateFrom, type Policy } from "../../../src/alert/index.ts";
import { loadConfiguration } from "../../../src/config/index.ts";
import { explainEvent, learnFrom } from "../../../src/explain/index.ts";
import {
  IMPORT_TOOLS,
  importConfiguration,
  importedFiles,
  type ImportedFile,
} from "../../../src/import/index.ts";
import { reenact } from "../../../src/import/kubernetes-event-exporter/reenact.ts";
import { readDocuments } from "../../../src/import/source-document.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { type CaseEvent, toClusterEvent } from "../../support/import-case.ts";
import { rounds } from "../../support/rounds.ts";
import { type ModelEntry, type ModelEvent, type ModelRoute, receiversOf } from "./exporter-model.ts";

const RECEIVERS = ["out", "hook", "chat"];

const WORDS = {
  message: ["", "Back-off restarting", "ok", "x-y"],
  apiVersion: ["v1", "apps/v1", "batch/v1beta1"],
  kind: ["Pod", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Node"],
  namespace: ["default", "shop", "shop-a", "kube-system"],
  reason: ["BackOff", "Failed", "FailedMount", "Scheduled"],
  type: ["Normal", "Warning"],
  component: ["", "kubelet", "default-scheduler"],
  host: ["", "node-1", "node-2"],
  label: ["web", "db", "web-db"],
} as const;

type Field = Exclude<keyof typeof WORDS, "label">;
const FIELDS = [
  "message",
  "apiVersion",
  "kind",
  "namespace",
  "reason",
  "type",
  "component",
  "host",
] as const satisfies readonly Field[];

/** Expressions as people write them, right and wrong, around the words of a field. */
function pattern(words: readonly string[]): fc.Arbitrary<string> {
  const word = fc.constantFrom(...words.filter((each) => each !== ""));
  return fc.oneof(
    { weight: 3, arbitrary: word },
    fc.tuple(word, word).map(([a, b]) => `${a}|${b}`),
    word.map((a) => `^${a}$`),
    word.map((a) => `^${a.slice(0, 2)}`),
    word.map((a) => `.*${a}.*`),
    word.map((a) => `${a}-*`),
    word.map((a) => `*${a}*`),
    fc.constantFrom(
      "*",
      ".*",
      "",
      "^$",
      "(",
      "a{2",
      "[a-",
      "(?i)WARNING",
      "^(?:Pod|Node)$",
      "nothing-has-this",
      "$$",
      "\\w+-\\w",
    ),
  );
}

const entry: fc.Arbitrary<ModelEntry> = fc
  .record({
    fields: fc
      .dictionary(fc.constantFrom(...FIELDS), fc.constant(""), { maxKeys: 3 })
      .chain((chosen) =>
        fc.record(Object.fromEntries(Object.keys(chosen).map((key) => [key, pattern(WORDS[key as Field])]))),
      ),
    labels: fc.option(fc.dictionary(fc.constantFrom("app", "team"), pattern(WORDS.label), { maxKeys: 2 }), {
      nil: undefined,
      freq: 5,
    }),
    annotations: fc.option(fc.dictionary(fc.constantFrom("owner"), pattern(WORDS.label), { maxKeys: 1 }), {
      nil: undefined,
      freq: 8,
    }),
    minCount: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 6 }),
    receiver: fc.option(fc.constantFrom(...RECEIVERS), { nil: undefined, freq: 2 }),
  })
  .map(({ fields, ...rest }) => ({ ...fields, ...rest }));

const { route } = fc.letrec<{ route: ModelRoute }>((tie) => ({
  route: fc.record({
    drop: fc.option(fc.array(entry, { maxLength: 2 }), { nil: undefined }),
    match: fc.option(fc.array(entry, { maxLength: 3 }), { nil: undefined, freq: 6 }),
    routes: fc.option(fc.array(tie("route"), { maxLength: 2 }), {
      nil: undefined,
      freq: 2,
      depthSize: "small",
    }),
  }),
}));

const anyEvent: fc.Arbitrary<ModelEvent> = fc.record({
  message: fc.constantFrom(...WORDS.message),
  apiVersion: fc.constantFrom(...WORDS.apiVersion),
  kind: fc.constantFrom(...WORDS.kind),
  namespace: fc.constantFrom(...WORDS.namespace),
  reason: fc.constantFrom(...WORDS.reason),
  type: fc.constantFrom(...WORDS.type),
  component: fc.constantFrom(...WORDS.component),
  host: fc.constantFrom(...WORDS.host),
  count: fc.integer({ min: 1, max: 5 }),
  labels: fc.dictionary(fc.constantFrom("app", "team"), fc.constantFrom(...WORDS.label), { maxKeys: 2 }),
  annotations: fc.dictionary(fc.constantFrom("owner"), fc.constantFrom(...WORDS.label), { maxKeys: 1 }),
});

/** The API server takes an Event about an object without a namespace in default alone. */
const event = anyEvent.map((one) => (one.kind === "Node" ? { ...one, namespace: "default" } : one));

describe("generated configurations of kubernetes-event-exporter", () => {
  it("decide about each Event as the tool's own semantics do, by what explain says", async () => {
    let decisions = 0;
    await fc.assert(
      fc.asyncProperty(route, fc.array(event, { minLength: 5, maxLength: 15 }), async (tree, events) => {
        const policy = await imported(tree);
        for (const [index, one] of events.entries()) {
          const there = [...new Set(receiversOf(tree, one))].toSorted();
          expect({ one, sinks: explained(policy, one) }).toEqual({ one, sinks: there });
          expect(replayed(tree, one, String(index))).toEqual(receiversOf(tree, one));
          decisions += RECEIVERS.length;
        }
      }),
      { numRuns: rounds(2000) },
    );
    expect(decisions).toBeGreaterThan(1000);
  });
});

/** The receivers by the part of `tocsin compare` that plays the tool. */
function replayed(tree: ModelRoute, one: ModelEvent, uid: string): readonly string[] {
  const [root] = readDocuments({ file: "config.yaml", text: textOf(tree) }).documents;
  if (root === undefined || !isMapping(root.value)) throw new Error("there is no document");
  const given = toCaseEvent(one);
  const event = { ...toClusterEvent(given), uid };
  return reenact({ ...root, value: root.value }).decide(given.event, event, event.lastSeenAt).receivers;
}

function textOf(tree: ModelRoute): string {
  return stringify(
    {
      route: tree,
      receivers: [
        { name: "out", stdout: {} },
        { name: "hook", webhook: { endpoint: "https://hook.example/in" } },
        { name: "chat", slack: { token: "${TOKEN}", channel: "#ops", message: "{{ .Message }}" } },
      ],
    },
    { keepUndefined: false },
  );
}

/** The policy of what the import writes. */
async function imported(tree: ModelRoute): Promise<Policy> {
  const text = textOf(tree);
  const { imported: result, findings } = importConfiguration([{ file: "config.yaml", text }], undefined, {
    tools: IMPORT_TOOLS,
    cluster: "lab",
    firstSight: false,
    tidy: false,
    alerts: new Set(),
    forward: new Set(),
  });
  if (result === undefined) throw new Error(JSON.stringify(findings));
  const files = importedFiles(result, { tool: "x", read: [], withSecrets: false });
  const loaded = await loadConfiguration({
    file: "tocsin.yaml",
    text: inOne(files),
    env: { TOKEN: "t" },
    cwd: "/",
  });
  if (loaded.configuration === undefined) throw new Error(JSON.stringify(loaded.findings));
  return loaded.configuration.policy;
}

/** The configuration with its rules in place, so that no file is written. */
function inOne(files: readonly ImportedFile[]): string {
  const written = (path: string): string => files.find((file) => file.path === path)?.text ?? "";
  return written("tocsin.yaml").replace(/^rules: .*$/mu, () => written("rules/imported.yaml") || "rules: []");
}

/** The sinks that `explain` names. */
function explained(policy: Policy, one: ModelEvent): readonly string[] {
  const cluster = { ...toClusterEvent(toCaseEvent(one)), cluster: policy.cluster };
  const now = Date.parse("2026-03-02T09:00:00Z");
  const context = { owners: learnFrom([cluster], now), live: liveStateFrom(policy), now };
  const { alerts, forwards } = explainEvent(policy, cluster, context);
  return [...new Set([...alerts, ...forwards].flatMap(({ sinks }) => sinks))].toSorted();
}

/** An Event that the API server would take: one about a Node lies in default. */
function toCaseEvent(one: ModelEvent): CaseEvent {
  const { labels, annotations, namespace, kind, apiVersion, component, host, ...plain } = one;
  return {
    event: {
      ...plain,
      metadata: { name: "e", namespace, uid: "u", creationTimestamp: "2026-03-02T09:00:00Z" },
      involvedObject: {
        kind,
        apiVersion,
        name: "object",
        ...(kind === "Node" ? {} : { namespace }),
      },
      source: { component, host },
      firstTimestamp: "2026-03-02T09:00:00Z",
      lastTimestamp: "2026-03-02T09:00:00Z",
    },
    labels,
    annotations,
  };
}

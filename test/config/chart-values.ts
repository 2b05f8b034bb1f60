import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";

import { RULE_FILE_SHAPE } from "../../src/config/json-schema.ts";
import { configurationShape } from "../../src/config/sections.ts";
import { type JsonSchema, toJsonSchema } from "../../src/lib/json-schema.ts";
import { strict } from "../../src/lib/schema.ts";
import { loadSinkTypes } from "../../src/sinks/index.ts";

/**
 * A name that Kubernetes takes for an object: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
const NAME = /^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/u;
const ObjectName = z.string().regex(NAME);
const NameOrNone = z.string().regex(new RegExp(`${NAME.source}|^$`, "u"));

const Texts = z.record(z.string(), z.string());
/** Kubernetes' own; the API server checks it. */
const Theirs = z.record(z.string(), z.unknown());
const Quantity = z.string().regex(/^\d+(?:\.\d+)?(?:[KMGTPE]i?|[munk])?$/u);

/** A section of the values. A missing key has the value of the chart's values.yaml. */
const section = <Shape extends z.ZodRawShape>(shape: Shape) => strict(shape).partial();

const enabled = z.boolean().describe("whether it is made");

const { kubernetes, server, state, cluster: _, ...sections } = configurationShape(await loadSinkTypes());

/**
 * `config`, which is tocsin.yaml without what the chart itself writes: the cluster's name and the address. YAML as Helm
 * reads it takes a plain `off` for false, so that is taken as well.
 */
const Config = strict({
  ...sections,
  kubernetes: kubernetes
    .unwrap()
    .extend({
      enrich: z
        .union([z.enum(["state", "owners", "off", "auto"]), z.boolean()])
        .optional()
        .describe(
          `${kubernetes.unwrap().shape.enrich.description}; a plain off or false is \`off\`, true is \`state\``,
        ),
    })
    .optional()
    .describe(kubernetes.description ?? ""),
  server: server
    .unwrap()
    .omit({ listen: true })
    .optional()
    .describe(server.description ?? ""),
  state: strict({
    path: z
      .string()
      .min(1)
      .optional()
      .describe("the SQLite file, `/var/lib/tocsin/tocsin.db` on the volume; `:memory:` forgets everything"),
    maxBytes: state.unwrap().shape.maxBytes.describe("the largest size of the file; 512MiB by default"),
    historyFor: state.unwrap().shape.historyFor,
  })
    .optional()
    .describe(state.description ?? ""),
  rules: sections.rules.describe(
    "as in tocsin.yaml, `[builtin]` by default; the files of extraRules are added by themselves",
  ),
  sinks: sections.sinks.optional().describe(`${sections.sinks.description}; the one of slack is added`),
});

const RuleFile = z.union([
  z.string().describe("the text of a file of rules"),
  strict(RULE_FILE_SHAPE).describe("what a file of rules holds"),
  RULE_FILE_SHAPE.rules.unwrap().describe("its rules alone"),
]);

const Values = section({
  cluster: z.string().describe("name of this cluster, shown in every alert; required"),
  slack: section({
    secretName: NameOrNone.describe("an existing Secret with the address of an incoming webhook"),
    key: z.string().min(1).describe("its key"),
  }).describe("the short way to a sink named slack"),
  config: Config.describe("tocsin.yaml, merged over what the chart writes"),
  extraRules: z
    .record(z.string().regex(/^[a-z\d](?:[\w-]*(?:\.[\w-]+)*)?\.yaml$/u), RuleFile)
    .describe("rules of your own: name of a file → its text, its content, or a list of rules"),
  secrets: z.array(ObjectName).describe("existing Secrets, mounted below /etc/tocsin/secrets"),
  selfEvents: section({ enabled: z.boolean().describe("permission to write Events about Tocsin itself") }),
  persistence: section({
    enabled: z.boolean().describe("whether the state outlives the Pod"),
    size: Quantity.describe("of the claim, or the bound of the emptyDir"),
    storageClass: NameOrNone.describe("empty for the default class"),
    existingClaim: NameOrNone.describe("a claim that is there already"),
  }).describe("where the state is kept"),
  image: section({
    repository: z.string().min(1).describe("where the image is, without its tag"),
    tag: z
      .string()
      .regex(/^[\w.-]{0,128}$/u)
      .describe("empty for the version of the chart"),
    digest: z
      .string()
      .regex(/^(?:sha256:[a-f\d]{64})?$/u)
      .describe("wins over the tag"),
    pullPolicy: z.enum(["Always", "IfNotPresent", "Never"]).describe("when the image is fetched"),
    pullSecrets: z.array(ObjectName).describe("names of existing Secrets"),
  }).describe("what runs"),
  resources: Theirs.describe("of the container, as in a Pod"),
  env: z.array(Theirs).describe("more variables of the container, as in a Pod"),
  serviceAccount: section({
    create: z.boolean().describe("whether it is made"),
    name: NameOrNone.describe("empty for the name of the release"),
    annotations: Texts.describe("of the ServiceAccount"),
  }).describe("who Tocsin is to the API server"),
  rbac: section({
    create: z.boolean().describe("whether roles and bindings are made"),
  }).describe("what Tocsin may do"),
  networkPolicy: section({
    enabled,
    from: z.array(Theirs).describe("peers that may reach the API, as in a NetworkPolicy; empty for all"),
    metricsFrom: z.array(Theirs).describe("peers that may reach health and metrics; empty for all"),
    ports: z.array(z.int().min(1).max(65_535)).describe("TCP ports that it may reach"),
  }).describe("who may talk to whom"),
  serviceMonitor: section({
    enabled,
    interval: z
      .string()
      .regex(/^(?:\d+(?:ms|[smhd]))+$/u)
      .describe("between two scrapes"),
    labels: Texts.describe("what Prometheus selects by"),
  }).describe("for prometheus-operator"),
  prometheusRule: section({ enabled, labels: Texts.describe("what Prometheus selects by") }).describe(
    "alerts about Tocsin itself, for prometheus-operator",
  ),
  grafanaDashboard: section({ enabled, labels: Texts.describe("what the sidecar selects by") }).describe(
    "a ConfigMap for the sidecar of Grafana",
  ),
  podAnnotations: Texts.describe("of the Pod"),
  nodeSelector: Texts.describe("as in a Pod"),
  tolerations: z.array(Theirs).describe("as in a Pod"),
  affinity: Theirs.describe("as in a Pod"),
  priorityClassName: NameOrNone.describe("as in a Pod"),
  fullnameOverride: z
    .string()
    .max(50)
    .regex(/^(?:[a-z](?:[-a-z\d]*[a-z\d])?)?$/u)
    .describe("name of every object; empty for the name of the release"),
  global: Theirs.describe("what Helm hands down to a chart inside another one; not used"),
});

/** The chart's values.schema.json. */
export function chartValuesJsonSchema(): JsonSchema {
  return toJsonSchema(Values, "Values of the chart of Tocsin");
}

const validate = new Ajv({
  strict: true,
  strictTypes: false,
  validateFormats: false,
  allErrors: true,
}).compile(chartValuesJsonSchema());

/** Where values, as text, are not what the chart takes: paths. Helm reads YAML 1.1. */
export function faultsInValues(text: string): readonly string[] {
  return validate(parse(text, { version: "1.1" }))
    ? []
    : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

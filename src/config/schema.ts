import { z } from "zod";

import { HttpSettings } from "../egress/index.ts";
import { ByteSize } from "../lib/byte-size.ts";
import { Duration } from "../lib/duration.ts";
import { strict } from "../lib/schema.ts";
import { SecretRef } from "../lib/secret.ts";
import { ListenAddress } from "./listen-address.ts";

/** A namespace's name, RFC 1123: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const Namespace = z
  .string()
  .max(63)
  .regex(/^[a-z\d](?:[-a-z\d]*[a-z\d])?$/u, {
    error: (issue) =>
      `not the name of a namespace: ${JSON.stringify(issue.input)} (patterns do not work here)`,
  });

const StartFrom = z.union([z.enum(["now", "all"]), Duration], {
  error: (issue) => `expected now, all or a duration such as 5m, not ${JSON.stringify(issue.input)}`,
});

const Kubernetes = strict({
  kubeconfig: z
    .string()
    .min(1)
    .optional()
    .describe("the kubeconfig file; without it in-cluster, else `$KUBECONFIG`, else `~/.kube/config`"),
  context: z.string().min(1).optional().describe("the context in it; without it the current one"),
  namespaces: z
    .array(Namespace)
    .default([])
    .describe(
      "only these namespaces, with one watch each, which works with Roles; empty: all of them. " +
        "Events about Nodes live in `default`",
    ),
  startFrom: StartFrom.prefault("5m").describe(
    "how far the very first start looks back: `now`, `all`, or a duration",
  ),
  eventTtl: Duration.prefault("1h").describe("how long the API server keeps Events: its flag `--event-ttl`"),
  api: z.enum(["core", "events"]).default("core").describe("the API group to read Events from"),
  enrich: z
    .enum(["auto", "off"])
    .default("auto")
    .describe(
      "`auto` learns who owns an object from Events, and asks the API server where they do not tell, also for labels that rules read (`get` on pods, replicasets, jobs and namespaces, metadata alone); `off` names every object by itself",
    ),
  trustSeverityFrom: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "components whose Events may call themselves critical by the annotation `tocsin.dev/severity`; " +
        "anyone may say info or warning",
    ),
  silenceAnnotations: z
    .boolean()
    .default(false)
    .describe(
      "whether objects and namespaces may carry `tocsin.dev/silence-until`, a time at most 7d ahead; needs look-ups",
    ),
});

const State = strict({
  path: z
    .string()
    .min(1)
    .default("./data/tocsin.db")
    .describe("the SQLite file; `:memory:` forgets everything at the end of the process"),
  maxBytes: ByteSize.prefault("1GiB").describe("the most the file may hold"),
});

const Tokens = strict({
  read: z.array(SecretRef).default([]).describe("tokens that may read, each a secret"),
  write: z
    .array(SecretRef)
    .default([])
    .describe("tokens that may change something, `POST /-/reload` among it, each a secret"),
});

const Server = strict({
  listen: ListenAddress.prefault("127.0.0.1:8080").describe(
    "host and port of health, metrics and reload; `$TOCSIN_LISTEN` when the file does not say",
  ),
  publicUrl: z
    .url({ protocol: /^https?$/u, error: "not an http or https URL" })
    .optional()
    .describe("how people reach this server, for links in messages"),
  tokens: Tokens.prefault({}).describe("who may do what"),
});

const Log = strict({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("how much is said"),
  format: z.enum(["json", "pretty"]).optional().describe("without it `pretty` on a terminal, else `json`"),
});

const SelfAlerts = strict({
  sinks: z
    .array(z.string().min(1))
    .min(1, { error: "empty: name at least one sink" })
    .describe("where the bridge's own troubles go; without it the sinks of the root route"),
});

/** Services take more frequent requests for abuse. */
const SHORTEST_BEAT_MS = 10_000;

const Heartbeat = strict({
  every: Duration.prefault("1m")
    .refine((ms) => ms >= SHORTEST_BEAT_MS, { error: "at least 10s" })
    .describe("how often the service is asked while all is well, 10s at least"),
  url: SecretRef.refine(
    (url) => typeof url !== "string" || /^https?:$/u.test(URL.parse(url)?.protocol ?? ""),
    {
      error: "not an http:// or https:// URL",
    },
  ).describe("what is asked by GET, a secret"),
  ...HttpSettings.shape,
});

/**
 * All top-level keys of tocsin.yaml. Entries of other folders (rules, drops, sinks, the route, forwards, reasons,
 * overrides) have only their shape here; their own parsers read them.
 */
export const SECTIONS = {
  cluster: z
    .string()
    .min(1)
    .optional()
    .describe("shown in every alert and part of every fingerprint; without it the context's name"),
  kubernetes: Kubernetes.prefault({}).describe("which API server is watched, and what of it"),
  state: State.prefault({}).describe("where alerts, positions and undelivered messages are kept"),
  rules: z
    .array(z.unknown())
    .default(["builtin", "rules/*.yaml"])
    .describe(
      "`builtin` (the pack inside the program), `builtin/<file>` and `builtin/more/<file>`, globs of rule files, or rules in place",
    ),
  overrides: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("rule name → what to change in a rule that is not yours"),
  reasons: z.array(z.unknown()).default([]).describe("rows that replace rows of the reason table"),
  drop: z
    .array(z.unknown())
    .default([])
    .describe("events that start and continue no alert, as in rule files"),
  sinks: z
    .array(z.unknown(), {
      error: (issue) => (issue.input === undefined ? "missing: name at least one destination" : undefined),
    })
    .min(1, { error: "empty: name at least one destination" })
    .describe("the destinations, each `{ name, type, … }`"),
  route: z.unknown().optional().describe("which alert goes to which sinks, and when; required with rules"),
  forward: z.array(z.unknown()).default([]).describe("events sent as they come, without alerting"),
  server: Server.prefault({}).describe("the HTTP server"),
  log: Log.prefault({}).describe("the program's own voice, on standard error"),
  selfAlerts: SelfAlerts.optional().describe("the bridge's own troubles"),
  inhibit: z
    .array(z.unknown())
    .default([])
    .describe("alerts that are held back while their cause is one; the shipped ones stay"),
  silences: z
    .array(z.unknown())
    .default([])
    .describe("alerts that nobody wants to be told of for a time; others are made while the program runs"),
  timeIntervals: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("name → hours, days or months, for `mute` and `active` of routes"),
  heartbeat: Heartbeat.optional().describe(
    "a dead-man service, asked while the watch is live and the store takes writes",
  ),
} as const;

type Sections = typeof SECTIONS;
/** The file, parsed section by section; a broken section counts as left out. */
export type ConfigurationFile = {
  readonly [Key in keyof Sections]: z.infer<Sections[Key]>;
};

import {
  createReporterWith,
  type ObjectReference,
  type ReporterContext,
  type ReporterOptions,
} from "../../src/reporter/index.ts";
import type { Json } from "./kubectl.ts";

/** The report of test/cluster/recorders/main.go, made with both recorders of client-go, twice each. */
const REPORT = {
  reason: "InjectionFailed",
  action: "Inject",
  note: 'no database for the shop: ConfigMap "shop-db" not found',
};

/** The written Events, as core/v1 shows them: `legacy` by tools/record, `newer` by tools/events. */
export interface Recordings {
  readonly legacy: Json;
  readonly newer: Json;
}

/** Reports the same with ours, through the API that each of them writes to, as the same instance. */
export async function reportAsRecorded(
  recordings: Recordings,
  namespace: string,
  context: Omit<ReporterContext, "client"> & {
    readonly client: () => ReporterContext["client"];
    /** Of the Deployments. */
    readonly uids: { readonly legacy: string; readonly newer: string };
  },
): Promise<void> {
  const { uids } = context;
  await reportTwice(
    { api: "core", instance: recordings.legacy.source.host },
    {
      regarding: deployment(namespace, "legacy", uids.legacy),
      context: { ...context, client: context.client() },
    },
  );
  await reportTwice(
    { api: "events", instance: recordings.newer.reportingInstance },
    {
      regarding: deployment(namespace, "newer", uids.newer),
      context: { ...context, client: context.client() },
    },
  );
}

function deployment(namespace: string, name: string, uid: string): ObjectReference {
  return { apiVersion: "apps/v1", kind: "Deployment", namespace, name, uid };
}

async function reportTwice(
  options: Partial<ReporterOptions>,
  { regarding, context }: { readonly regarding: ObjectReference; readonly context: ReporterContext },
): Promise<void> {
  const reporter = createReporterWith({ component: "shop.example/injector", ...options }, context);
  await reporter.report({ regarding, ...REPORT }).settled;
  await reporter.report({ regarding, ...REPORT }).settled;
  await reporter.close();
}

/** Without what no two writes share: names, versions, times and where they lie. Times become what they look like. */
export function shapeOf(event: Json): Json {
  const { metadata, ...rest } = event;
  const { annotations = {} } = metadata;
  return JSON.parse(
    JSON.stringify({ ...rest, metadata: { annotations } }, (key, value: unknown) => {
      if (key === "namespace") return "a namespace";
      if (key === "uid") return "a uid";
      if (key === "tocsin.dev/reporter-id") return "an id";
      if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/u.test(value)) return value;
      return value.replaceAll(/\d/gu, "0");
    }),
  );
}

/** How ours differ from theirs, and why: nothing else may. */
export const KNOWN_DIFFERENCES = {
  legacy: {
    // The recorder has no way to say it; the API has the field.
    action: "Inject",
    metadata: { annotations: { "tocsin.dev/reporter-id": "an id" } },
  },
  newer: { metadata: { annotations: { "tocsin.dev/reporter-id": "an id" } } },
} as const;

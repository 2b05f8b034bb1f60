import type { ClusterEvent, RawEvent } from "../../event/index.ts";
import type { RuleField } from "./exporter-configuration.ts";

/** An Event of core/v1, as the tool reads it. */
export interface SeenEvent {
  readonly fields: Readonly<Record<RuleField, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** 0 where a newer Event has none. */
  readonly count: number;
}

/** Reads an Event as the tool does: the old fields alone. Labels and annotations are those of a look-up. */
export function seenEvent(raw: RawEvent, event: ClusterEvent): SeenEvent {
  const object = raw.involvedObject ?? raw.regarding;
  const source = raw.source ?? raw.deprecatedSource;
  return {
    fields: {
      message: textOf(raw.message ?? raw.note),
      apiVersion: textOf(object?.apiVersion),
      kind: textOf(object?.kind),
      namespace: textOf(raw.metadata?.namespace),
      reason: textOf(raw.reason),
      type: textOf(raw.type),
      component: textOf(source?.component),
      host: textOf(source?.host),
    },
    labels: event.involvedObject.labels,
    annotations: event.involvedObject.annotations,
    count: Number(raw.count ?? raw.deprecatedCount ?? 0) || 0,
  };
}

/** The same with one group of values as Tocsin reads them: the ways in which the two see an Event differently. */
export const OTHER_VIEWS: Readonly<
  Record<
    "component-new-style" | "min-count" | "message-prefix",
    (seen: SeenEvent, event: ClusterEvent) => SeenEvent
  >
> = {
  "component-new-style": (seen, { source }) => ({
    ...seen,
    fields: { ...seen.fields, component: source.component, host: source.host },
  }),
  "min-count": (seen, { count }) => ({ ...seen, count }),
  "message-prefix": (seen, { message }) => ({ ...seen, fields: { ...seen.fields, message } }),
};

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

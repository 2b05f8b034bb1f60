import type { LokiEntry } from "./entry.ts";

/** The parts of a push that no entry has. */
export interface PushOptions {
  readonly labels: Readonly<Record<string, string>>;
  /** Whether this Loki takes structured metadata. */
  readonly withMetadata: boolean;
}

/** The body of a push, https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
export function toPush(entries: readonly LokiEntry[], { labels, withMetadata }: PushOptions): string {
  const streams = new Map<string, { stream: Record<string, string>; values: unknown[] }>();
  for (const entry of entries) {
    const { cluster, namespace, type } = entry.labels;
    const key = `${type}/${namespace}/${cluster}`;
    let found = streams.get(key);
    if (found === undefined) {
      found = { stream: streamOf({ ...labels, ...entry.labels }), values: [] };
      streams.set(key, found);
    }
    found.values.push(
      withMetadata ? [entry.timestamp, entry.line, entry.metadata] : [entry.timestamp, entry.line],
    );
  }
  return JSON.stringify({ streams: [...streams.values()] });
}

/** Loki reads a label without value as one that is not there. Those of the configuration may have any text. */
function streamOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(labels).filter(([, value]) => value !== "");
  return Object.fromEntries(kept.map(([name, value]) => [name, value.toWellFormed()]));
}

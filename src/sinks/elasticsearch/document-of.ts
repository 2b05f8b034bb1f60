import type { EventRecord } from "../../alert/index.ts";
import { wellFormedJson } from "../../sink/index.ts";

type Texts = Readonly<Record<string, string>>;

/**
 * The document of a record: its own keys, and `@timestamp`, which data streams demand. Dots in names of labels become
 * underscores: Elasticsearch reads them as paths, so that `app` and `app.kubernetes.io/name` would refuse each other.
 */
export function documentOf(record: EventRecord, json: string): string {
  const { labels, annotations } = record.event.metadata;
  const timestamp = `{"@timestamp":"${record.event.lastSeen}",`;
  if (!hasDot(labels) && !hasDot(annotations)) return timestamp + json.slice(1);
  const metadata = { labels: withoutDots(labels), annotations: withoutDots(annotations) };
  const plain = { ...record, event: { ...record.event, metadata } };
  return timestamp + wellFormedJson(JSON.stringify(plain)).slice(1);
}

function hasDot(texts: Texts): boolean {
  for (const name in texts) if (name.includes(".")) return true;
  return false;
}

function withoutDots(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name.replaceAll(".", "_"), value]));
}

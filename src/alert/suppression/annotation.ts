import { ObjectKey } from "../../event/index.ts";
import type { Annotated } from "../engine-input.ts";
import type { Silence } from "../silence.ts";

/** The annotation that silences an object, or everything in a namespace, until a time (RFC 3339). */
const SILENCE_ANNOTATION = "tocsin.dev/silence-until";

/** Longest silence by annotation. An annotation gives no reason, so its silence ends soon. */
const LONGEST_MS = 7 * 86_400_000;

/** The id of the silence of an object. */
export function annotationId(object: string): string {
  return `annotation/${object}`;
}

/** The silence of an annotation; undefined when its time is over, or is no time. @param now Epoch milliseconds. */
export function annotationSilence({ object, annotations }: Annotated, now: number): Silence | undefined {
  const until = annotations[SILENCE_ANNOTATION] ?? "";
  const end = Date.parse(until);
  if (Number.isNaN(end) || end <= now) return undefined;
  const { cluster, kind, namespace, name } = ObjectKey.parse(object);
  return {
    id: annotationId(object),
    origin: "annotation",
    match: kind === "Namespace" ? { cluster, namespace: name } : { cluster, namespace, kind, name },
    from: now,
    until: Math.min(end, now + LONGEST_MS),
    untilResolved: false,
    schedule: undefined,
    author: "annotation",
    comment: `${SILENCE_ANNOTATION}: ${until.slice(0, 100)}`,
    createdAt: now,
    usedAt: undefined,
  };
}

import type { Annotated } from "../engine-input.ts";
import type { Silence } from "../silence.ts";

/** Says until when nobody is to be told of an object, or of everything in a namespace. RFC 3339. */
const SILENCE_ANNOTATION = "tocsin.dev/silence-until";

/** Whoever may annotate an object is not asked for a reason, so that it ends soon. */
const LONGEST_MS = 7 * 86_400_000;

/** The id of the silence of an object. */
export function annotationId(object: string): string {
  return `annotation/${object}`;
}

/** The silence that an annotation asks for; undefined for one that is over already, or no time. @param now Epoch milliseconds. */
export function annotationSilence({ object, annotations }: Annotated, now: number): Silence | undefined {
  const until = annotations[SILENCE_ANNOTATION] ?? "";
  const end = Date.parse(until);
  if (Number.isNaN(end) || end <= now) return undefined;
  const [kind = "", namespace = "", name = ""] = object.split("/");
  return {
    id: annotationId(object),
    origin: "annotation",
    match: kind === "Namespace" ? { namespace: name } : { namespace, kind, name },
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

import { ObjectKey } from "../event/index.ts";
import { type ApiClient, ApiError, METADATA_ONLY } from "../kube/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";

/** Kinds with look-ups, and their paths; exactly those that Tocsin's role may read. */
const PLACES: ReadonlyMap<string, { readonly group: string; readonly plural: string }> = new Map([
  ["Pod", { group: "/api/v1", plural: "pods" }],
  ["ReplicaSet", { group: "/apis/apps/v1", plural: "replicasets" }],
  ["Job", { group: "/apis/batch/v1", plural: "jobs" }],
]);

/** Names that the API server accepts. Events name anything; other names make no path. */
const NAME = /^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/u;

/** How long a kind is left alone after a refusal, and all kinds after a server that was slow or away. */
const PAUSE_FORBIDDEN_MS = 600_000;
const PAUSE_FAILED_MS = 60_000;

/** A server that had less time than this is not to blame for a missing answer; more than a third of a batch's time. */
const FAIR_MS = 400;

/** How long answers are kept. */
const FRESH_MS = 300_000;
const MOST_REMEMBERED = 10_000;

/** Labels and annotations kept of one object; longer values are cut. */
const MOST_ENTRIES = 64;
const LONGEST_ENTRY = 4096;

/** Collaborators of look-ups. */
export interface LookUpOptions {
  /** The name of the cluster: objects of other clusters are not looked up. */
  readonly cluster: string;
  readonly client: Pick<ApiClient, "getJson">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Facts about an object; none for one that is gone. */
export interface ObjectFacts {
  readonly isGone: boolean;
  /** Its controller, `Kind/name`; "" for none. */
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const NOTHING: ObjectFacts = { isGone: true, owner: "", labels: {}, annotations: {} };

type Outcome = "found" | "gone" | "forbidden" | "failed";

/** Reads the metadata of objects and namespaces, which it is given by their keys, and keeps the answers for a while. */
export class ObjectReader {
  readonly #options: LookUpOptions;
  readonly #count: (outcome: Outcome) => void;
  readonly #known = new BoundedMap<string, { readonly at: number; readonly facts: ObjectFacts }>(
    MOST_REMEMBERED,
  );
  readonly #said = new Set<Outcome>();
  /** On the monotonic clock. */
  #pausedUntil = 0;
  /** By kind, on the monotonic clock: a role may allow some kinds and not others. */
  readonly #forbiddenUntil = new Map<string, number>();

  constructor(options: LookUpOptions) {
    this.#options = options;
    const counter = options.metrics.counter(
      "tocsin_look_ups_total",
      "Objects that were looked up, by answer.",
      ["outcome"],
    );
    this.#count = (outcome) => counter.inc({ outcome });
  }

  /** Whether an object is in this cluster, of a kind with look-ups, and its name is possible. */
  canRead(object: string): boolean {
    return this.#pathOf(ObjectKey.parse(object)) !== undefined;
  }

  /**
   * @param how.afresh Ignores kept answers.
   * @returns Undefined when there was no answer within the deadline.
   */
  async read(
    object: string,
    { deadlineMs, afresh }: { readonly deadlineMs: number; readonly afresh: boolean },
  ): Promise<ObjectFacts | undefined> {
    const { client, clock } = this.#options;
    const known = this.#known.get(object);
    if (!afresh && known !== undefined && known.at + FRESH_MS > clock.monotonic()) return known.facts;
    const parts = ObjectKey.parse(object);
    const path = this.#pathOf(parts);
    if (path === undefined || this.#isPaused(parts.kind)) return undefined;
    try {
      const { body } = await client.getJson(path, { accept: METADATA_ONLY, deadlineMs });
      return this.#remember(object, factsIn(body), "found");
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return this.#remember(object, NOTHING, "gone");
      this.#recordFailure(error, { kind: parts.kind, deadlineMs });
      return undefined;
    }
  }

  #pathOf(parts: ObjectKey): string | undefined {
    return parts.cluster === this.#options.cluster ? pathOf(parts) : undefined;
  }

  /** Whether a kind is left alone now, after a refusal or a missing answer. */
  #isPaused(kind: string): boolean {
    const until = Math.max(this.#pausedUntil, this.#forbiddenUntil.get(kind) ?? 0);
    return this.#options.clock.monotonic() < until;
  }

  #remember(object: string, facts: ObjectFacts, outcome: Outcome): ObjectFacts {
    this.#count(outcome);
    this.#known.set(object, { at: this.#options.clock.monotonic(), facts });
    return facts;
  }

  #recordFailure(
    error: unknown,
    { kind, deadlineMs }: { readonly kind: string; readonly deadlineMs: number },
  ): void {
    const isForbidden = error instanceof ApiError && error.status === 403;
    const outcome = isForbidden ? "forbidden" : "failed";
    this.#count(outcome);
    const now = this.#options.clock.monotonic();
    if (isForbidden) this.#forbiddenUntil.set(kind, now + PAUSE_FORBIDDEN_MS);
    else if (deadlineMs < FAIR_MS) return;
    else this.#pausedUntil = now + PAUSE_FAILED_MS;
    if (this.#said.has(outcome)) return;
    this.#said.add(outcome);
    const hint = isForbidden
      ? "; allow get on pods, replicasets, jobs and namespaces, or set kubernetes.enrich: off"
      : "; they are tried again";
    this.#options.log.warn(`objects cannot be looked up, so alerts name them by themselves${hint}`, {
      error: errorText(error),
    });
  }
}

function pathOf({ kind, namespace, name }: ObjectKey): string | undefined {
  if (kind === "Namespace")
    return NAME.test(name) && namespace === "" ? `/api/v1/namespaces/${name}` : undefined;
  const place = PLACES.get(kind);
  if (place === undefined || !NAME.test(namespace) || !NAME.test(name)) return undefined;
  return `${place.group}/namespaces/${namespace}/${place.plural}/${name}`;
}

/** An answer of another shape says nothing. */
function factsIn(body: unknown): ObjectFacts {
  const metadata = at(body, "metadata");
  return {
    isGone: false,
    owner: controllerIn(at(metadata, "ownerReferences")),
    labels: textsIn(at(metadata, "labels")),
    annotations: textsIn(at(metadata, "annotations")),
  };
}

/** The owner that manages the object. */
function controllerIn(owners: unknown): string {
  const controller: unknown = Array.isArray(owners)
    ? owners.find((owner: unknown) => at(owner, "controller") === true)
    : undefined;
  const [kind, name] = [at(controller, "kind"), at(controller, "name")];
  if (typeof kind !== "string" || typeof name !== "string" || kind.includes("/")) return "";
  return ObjectKey.formatName({ kind, name });
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  const texts = Object.entries(value)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .slice(0, MOST_ENTRIES)
    .map(([key, text]) => [key, text.slice(0, LONGEST_ENTRY)] as const);
  return Object.fromEntries(texts);
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

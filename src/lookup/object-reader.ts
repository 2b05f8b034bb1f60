import { ObjectKey } from "../event/index.ts";
import { type ApiClient, ApiError, ConnectionError, METADATA_ONLY } from "../kube/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Counter, Metrics } from "../lib/metrics.ts";
import { type AskedObject, answerKey, type InspectedKind } from "../object/index.ts";
import { lookUpCounter, type LookUpOutcome } from "./look-up-metrics.ts";
import { factsIn, NO_FACTS, type ObjectFacts } from "./object-facts.ts";
import { type ObjectPlace, placeOf } from "./object-place.ts";
import { saysGone } from "./says-gone.ts";
import type { Turn } from "./turn.ts";

/** Kinds whose metadata is looked up where no state is read. */
const KINDS: ReadonlySet<string> = new Set(["Pod", "ReplicaSet", "Job", "Namespace"]);

/** How long a kind is left alone after a refusal, and all kinds after a server that was slow or away. */
const PAUSE_FORBIDDEN_MS = 600_000;
const PAUSE_FAILED_MS = 60_000;

/** A server that had less time than this is not to blame for a missing answer; more than a third of a batch's time. */
const FAIR_MS = 400;

/** How long answers are kept. */
const FRESH_MS = 300_000;

/** Longest answer, bytes: the store of a cluster takes 1.5 MB of one object. */
const MOST_BYTES = 3 * 1024 * 1024;

const MOST_REMEMBERED = 10_000;

/** Collaborators of look-ups. */
export interface LookUpOptions {
  /** The name of the cluster: objects of other clusters are not looked up. */
  readonly cluster: string;
  /** The only namespaces with look-ups; empty for all of them. */
  readonly namespaces: readonly string[];
  /** Kinds beside the built-in ones, where states are read; then all of these kinds have labels too. */
  readonly inspected?: (() => readonly InspectedKind[]) | undefined;
  /** Whether somebody reads labels and annotations. */
  readonly keepsTexts: () => boolean;
  /** Missing where nothing waits. */
  readonly turn?: Turn;
  readonly client: Pick<ApiClient, "getJson">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Known {
  /** On the monotonic clock. */
  readonly at: number;
  readonly facts: ObjectFacts;
  /** Whether labels and annotations were kept. */
  readonly hasTexts: boolean;
}

/** Reads the metadata of objects and namespaces, which it is given by their keys, and keeps the answers for a while. */
export class ObjectReader {
  readonly #options: LookUpOptions;
  readonly #counter: Counter<"resource" | "outcome">;
  readonly #known = new BoundedMap<string, Known>(MOST_REMEMBERED);
  /** Resources that may not be read, and other outcomes. */
  readonly #said = new Set<string>();
  /** On the monotonic clock. */
  #pausedUntil = 0;
  /** By kind, on the monotonic clock: a role may allow some kinds and not others. */
  readonly #forbiddenUntil = new Map<string, number>();

  constructor(options: LookUpOptions) {
    this.#options = options;
    this.#counter = lookUpCounter(options.metrics);
  }

  /** Whether an object is in this cluster, of a kind with look-ups, and its name is possible. */
  canRead(asked: AskedObject): boolean {
    return this.#placeOf(asked) !== undefined;
  }

  /** Keeps what somebody else has read of an object of a built-in kind. @param body The whole answer. */
  learn(asked: AskedObject, body: unknown): void {
    if (this.canRead(asked)) this.#rememberBody(answerKey(asked), body);
  }

  /**
   * @param how.afresh Ignores kept answers.
   * @returns Undefined when there was no answer, or no turn, within the deadline.
   */
  async read(
    asked: AskedObject,
    { deadlineMs, afresh }: { readonly deadlineMs: number; readonly afresh: boolean },
  ): Promise<ObjectFacts | undefined> {
    const { client, clock, turn } = this.#options;
    const endsAt = clock.monotonic() + deadlineMs;
    const key = answerKey(asked);
    const known = afresh ? undefined : this.#fresh(key);
    if (known !== undefined) return known.facts;
    const place = this.#placeOf(asked);
    if (place === undefined || this.#isPaused(place.kind)) return undefined;
    // Half of the time is left for the answer, so that the server is fairly blamed for a missing one.
    if (turn !== undefined && !(await turn(deadlineMs / 2))) return this.#skip(place);
    const leftMs = endsAt - clock.monotonic();
    try {
      const { body } = await client.getJson(place.path, {
        accept: METADATA_ONLY,
        deadlineMs: leftMs,
        mostBytes: MOST_BYTES,
      });
      this.#count(place, "found");
      return this.#rememberBody(key, body);
    } catch (error) {
      if (saysGone(error, place.name)) {
        this.#count(place, "gone");
        return this.#remember(key, NO_FACTS, true);
      }
      this.#recordFailure(error, { place, deadlineMs: leftMs });
      return undefined;
    }
  }

  #placeOf({ object, apiVersion }: AskedObject): ObjectPlace | undefined {
    const { cluster, namespaces, inspected } = this.#options;
    const key = ObjectKey.parse(object);
    if (key.cluster !== cluster || (inspected === undefined && !KINDS.has(key.kind))) return undefined;
    return placeOf(key, apiVersion, { inspected: inspected?.() ?? [], namespaces });
  }

  #skip(place: ObjectPlace): undefined {
    this.#count(place, "skipped");
  }

  #count({ resource }: ObjectPlace, outcome: LookUpOutcome): void {
    this.#counter.inc({ resource, outcome });
  }

  /** Whether a kind is left alone now, after a refusal or a missing answer. */
  #isPaused(kind: string): boolean {
    const until = Math.max(this.#pausedUntil, this.#forbiddenUntil.get(kind) ?? 0);
    return this.#options.clock.monotonic() < until;
  }

  #fresh(key: string): Known | undefined {
    const { clock, keepsTexts } = this.#options;
    const known = this.#known.get(key);
    const isFresh = known !== undefined && known.at + FRESH_MS > clock.monotonic();
    // After a reload somebody may read labels that nobody read before.
    return isFresh && (known.hasTexts || !keepsTexts()) ? known : undefined;
  }

  #rememberBody(key: string, body: unknown): ObjectFacts {
    const hasTexts = this.#options.keepsTexts();
    return this.#remember(key, factsIn(body, hasTexts), hasTexts);
  }

  #remember(key: string, facts: ObjectFacts, hasTexts: boolean): ObjectFacts {
    this.#known.set(key, { at: this.#options.clock.monotonic(), facts, hasTexts });
    return facts;
  }

  #recordFailure(
    error: unknown,
    { place, deadlineMs }: { readonly place: ObjectPlace; readonly deadlineMs: number },
  ): void {
    const outcome = outcomeOf(error);
    this.#count(place, outcome);
    const now = this.#options.clock.monotonic();
    if (outcome === "tooLarge" || (outcome === "failed" && deadlineMs < FAIR_MS)) return;
    if (outcome === "forbidden") this.#forbiddenUntil.set(place.kind, now + PAUSE_FORBIDDEN_MS);
    else this.#pausedUntil = now + PAUSE_FAILED_MS;
    const { resource } = place;
    const matter = outcome === "forbidden" ? resource : outcome;
    if (this.#said.has(matter)) return;
    this.#said.add(matter);
    const hint =
      outcome === "forbidden"
        ? `allow get on ${resource} (tocsin rbac), or set kubernetes.enrich: off`
        : "they are tried again";
    this.#options.log.warn(`objects cannot be looked up, so alerts name them by themselves; ${hint}`, {
      resource,
      error: errorText(error),
    });
  }
}

function outcomeOf(error: unknown): "forbidden" | "tooLarge" | "failed" {
  if (error instanceof ApiError && error.status === 403) return "forbidden";
  return error instanceof ConnectionError && error.isTooLarge ? "tooLarge" : "failed";
}

import type { OwnerRow } from "../alert/index.ts";
import { ApiError, type ApiClient } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";

/** Metadata alone, https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-requests */
const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Kinds that mostly have an owner, and where they are; what the role of Tocsin may read and no more. */
const PLACES: ReadonlyMap<string, { readonly group: string; readonly plural: string }> = new Map([
  ["Pod", { group: "/api/v1", plural: "pods" }],
  ["ReplicaSet", { group: "/apis/apps/v1", plural: "replicasets" }],
  ["Job", { group: "/apis/batch/v1", plural: "jobs" }],
]);

/** Names that the API server takes. Events name anything; what is none of these is no path. */
const NAME = /^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/u;

/** For all look-ups of one batch of Events: what is not known by then is not waited for. */
const BUDGET_MS = 1000;
const AT_ONCE = 8;

/** How long nothing is asked after a refusal, or after a server that is slow or away. */
const PAUSE_FORBIDDEN_MS = 600_000;
const PAUSE_FAILED_MS = 60_000;

/** How long an answer is kept after its last use. */
const KEEP_MS = 30 * 86_400_000;

/** What look-ups work with. */
export interface OwnerLookUpOptions {
  readonly client: Pick<ApiClient, "getJson">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

type Outcome = "found" | "none" | "gone" | "forbidden" | "failed";

/**
 * Asks the API server who owns an object, by metadata alone. Never throws and never waits for long: an alert goes on
 * without what it does not learn.
 */
export class OwnerLookUp {
  readonly #options: OwnerLookUpOptions;
  readonly #count: (outcome: Outcome) => void;
  /** On the monotonic clock. */
  #pausedUntil = 0;
  readonly #said = new Set<Outcome>();

  constructor(options: OwnerLookUpOptions) {
    this.#options = options;
    const counter = options.metrics.counter(
      "tocsin_look_ups_total",
      "Questions who owns an object, by answer.",
      ["outcome"],
    );
    this.#count = (outcome) => counter.inc({ outcome });
  }

  /** Whether an object, `Kind/namespace/name`, is of a kind that is asked about, and can be there at all. */
  wants(object: string): boolean {
    const [kind = "", namespace = "", name = ""] = object.split("/");
    return PLACES.has(kind) && NAME.test(namespace) && NAME.test(name);
  }

  /** Asks about these objects and about their owners in turn. @returns A row for each that was answered; its owner may be "". */
  async find(objects: readonly string[]): Promise<readonly OwnerRow[]> {
    const { clock } = this.#options;
    const endsAt = clock.monotonic() + BUDGET_MS;
    const rows = new Map<string, OwnerRow>();
    const waiting = objects.filter((object) => this.wants(object));
    const work = async (): Promise<void> => {
      for (let object = waiting.shift(); object !== undefined; object = waiting.shift()) {
        const left = endsAt - clock.monotonic();
        if (left <= 0 || clock.monotonic() < this.#pausedUntil) return;
        const owner = await this.#ownerOf(object, left);
        if (owner === undefined) return;
        rows.set(object, { object, owner, node: "", expiresAt: clock.now() + KEEP_MS });
        const next = owner === "" ? "" : ownerKey(object, owner);
        if (this.wants(next) && !rows.has(next)) waiting.push(next);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return [...rows.values()];
  }

  /** `Kind/name`, "" for none; undefined when there was no answer. */
  async #ownerOf(object: string, deadlineMs: number): Promise<string | undefined> {
    try {
      const { body } = await this.#options.client.getJson(pathOf(object), {
        accept: METADATA_ONLY,
        deadlineMs,
      });
      const owner = controllerIn(body);
      this.#count(owner === "" ? "none" : "found");
      return owner;
    } catch (error) {
      return this.#noteFailure(error);
    }
  }

  #noteFailure(error: unknown): "" | undefined {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 404) {
      this.#count("gone");
      return "";
    }
    const outcome = status === 403 ? "forbidden" : "failed";
    this.#count(outcome);
    const pause = outcome === "forbidden" ? PAUSE_FORBIDDEN_MS : PAUSE_FAILED_MS;
    this.#pausedUntil = this.#options.clock.monotonic() + pause;
    if (this.#said.has(outcome)) return undefined;
    this.#said.add(outcome);
    const hint =
      outcome === "forbidden"
        ? "; allow get on pods, replicasets and jobs, or set kubernetes.enrich: off"
        : "; they are tried again";
    this.#options.log.warn(`owners cannot be looked up, so alerts name objects by themselves${hint}`, {
      error: errorText(error),
    });
    return undefined;
  }
}

function pathOf(object: string): string {
  const [kind = "", namespace = "", name = ""] = object.split("/");
  const { group = "", plural = "" } = PLACES.get(kind) ?? {};
  return `${group}/namespaces/${namespace}/${plural}/${name}`;
}

/** The owner lives in the namespace of what it owns. */
function ownerKey(object: string, owner: string): string {
  const [, namespace = ""] = object.split("/");
  const [kind = "", name = ""] = owner.split("/");
  return `${kind}/${namespace}/${name}`;
}

/** The owner that manages the object; an answer of another shape has none. */
function controllerIn(body: unknown): string {
  const owners: unknown = at(at(body, "metadata"), "ownerReferences");
  const controller: unknown = Array.isArray(owners)
    ? owners.find((owner: unknown) => at(owner, "controller") === true)
    : undefined;
  const [kind, name] = [at(controller, "kind"), at(controller, "name")];
  return typeof kind === "string" && typeof name === "string" && !kind.includes("/") ? `${kind}/${name}` : "";
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

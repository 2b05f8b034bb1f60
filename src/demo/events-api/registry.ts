import { randomInt, randomUUID } from "node:crypto";

import type { Clock } from "../../lib/clock.ts";
import { type ApiGroup, API_VERSION } from "./api-group.ts";
import type { Change } from "./change.ts";
import { toCoreSpelling } from "./conversion.ts";
import { type CoreEvent, decodeCoreEvent } from "./core-event.ts";
import { Leases } from "./leases.ts";
import { mergePatch } from "./merge-patch.ts";
import { alreadyExists, badRequest, conflict, notFound } from "./status.ts";
import type { Storage } from "./storage.ts";
import { formatTime } from "./timestamp.ts";
import { validateCreate, validateUpdate } from "./validation.ts";

/** Group, namespace and name of a write. */
export interface Target {
  readonly group: ApiGroup;
  readonly namespace: string;
  readonly name: string;
}

/** Letters of generated names: no vowels, no 0, 1, 3 (apimachinery pkg/util/rand). */
const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
/** The server cuts generateName so that the name has at most 63 characters. */
const LONGEST_PREFIX = 63 - SUFFIX_LENGTH;

/** The writes of one storage: decode, complete, check, store, and let expire. */
export class Registry {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #leases: Leases;
  #cancelExpiry: (() => void) | undefined;

  constructor(storage: Storage, clock: Clock, ttlMs: number) {
    this.#storage = storage;
    this.#clock = clock;
    this.#leases = new Leases(ttlMs);
  }

  /**
   * Creates an Event; its `metadata.name` comes from `generateName` when there is none.
   *
   * @throws {StatusError} 400, 409 when the name is taken, 422.
   */
  create(target: Omit<Target, "name">, body: unknown): Change {
    const { group, namespace } = target;
    const given = decode(body, group);
    const name = given.metadata.name ?? generateName(given.metadata.generateName);
    const event = this.#complete(given, namespace, name);
    validateCreate(event, group);
    if (this.#storage.get(`${namespace}/${name}`) !== undefined) throw alreadyExists(group, name);
    return this.#write(event);
  }

  /**
   * Replaces an Event, or creates it.
   *
   * @throws {StatusError} 400, 409 when version or uid differ from the stored ones, 422.
   */
  replace(target: Target, body: unknown): { readonly change: Change; readonly created: boolean } {
    const given = decode(body, target.group);
    if ((given.metadata.name ?? target.name) !== target.name) {
      throw badRequest(
        `the name of the object (${given.metadata.name}) does not match the name on the URL (${target.name})`,
      );
    }
    const old = this.#storage.get(keyOf(target));
    if (old === undefined) {
      const event = this.#complete(given, target.namespace, target.name);
      validateCreate(event, target.group);
      return { change: this.#write(event), created: true };
    }
    return { change: this.#update(target, old, given), created: false };
  }

  /**
   * Merges a patch into an Event; for its flat objects a strategic merge is the same.
   *
   * @throws {StatusError} 400, 404, 409, 422.
   */
  patch(target: Target, patch: unknown): Change {
    const old = this.#storage.get(keyOf(target));
    if (old === undefined) throw notFound(target.group, target.name);
    const merged = mergePatch(JSON.parse(old.bodyIn(target.group)), patch);
    return this.#update(target, old, decode(merged, target.group));
  }

  /** @throws {StatusError} 404. */
  remove(target: Target): Change {
    const old = this.#storage.get(keyOf(target));
    if (old === undefined) throw notFound(target.group, target.name);
    this.#leases.drop(old.key);
    this.#storage.delete([old.key]);
    return old;
  }

  /**
   * Stores a recorded core/v1 Event unchanged, with its own uid and times; another uid under the same name replaces the
   * Event as after its expiry. Validates nothing.
   */
  record(body: unknown): Change {
    const event = decodeCoreEvent(body);
    const old = this.#storage.get(keyOf(event.metadata));
    if (old !== undefined && old.event().metadata.uid !== event.metadata.uid) this.#storage.delete([old.key]);
    return this.#write(event);
  }

  /** Ends the timer. */
  stop(): void {
    this.#cancelExpiry?.();
    this.#cancelExpiry = undefined;
  }

  #update(target: Target, old: Change, given: CoreEvent): Change {
    const stored = old.event();
    const { uid, resourceVersion } = given.metadata;
    if (uid !== undefined && uid !== stored.metadata.uid) {
      throw conflict(
        target.group,
        target.name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.metadata.uid ?? ""}`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion) {
      throw conflict(
        target.group,
        target.name,
        "the object has been modified; please apply your changes to the latest version and try again",
      );
    }
    const { labels: _labels, annotations: _annotations, ...kept } = stored.metadata;
    const { labels, annotations } = given.metadata;
    const event: CoreEvent = {
      ...given,
      metadata: {
        ...kept,
        ...namespaceGiven(given, target.namespace),
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
      },
    };
    validateUpdate(event, stored, target.group);
    return this.#write(event);
  }

  #complete(given: CoreEvent, namespace: string, name: string): CoreEvent {
    return {
      ...given,
      metadata: {
        ...given.metadata,
        ...namespaceGiven(given, namespace),
        name,
        uid: randomUUID(),
        creationTimestamp: formatTime(this.#clock.now()),
      },
    };
  }

  /** A write that changes nothing renews nothing. */
  #write(event: CoreEvent): Change {
    const key = keyOf(event.metadata);
    const before = this.#storage.get(key);
    const change = this.#storage.put(key, event);
    if (change === before) return change;
    this.#leases.renew(key, this.#clock.now());
    this.#expireLater();
    return change;
  }

  #expireLater(): void {
    const dueAt = this.#leases.nextExpiryAt;
    if (this.#cancelExpiry !== undefined || dueAt === undefined) return;
    this.#cancelExpiry = this.#clock.after(dueAt - this.#clock.now(), () => {
      this.#cancelExpiry = undefined;
      for (const keys of this.#leases.expire(this.#clock.now())) this.#storage.delete(keys);
      this.#expireLater();
    });
  }
}

function keyOf({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return `${namespace ?? ""}/${name ?? ""}`;
}

/** @throws {StatusError} 400 when the body names another namespace than the request. */
function namespaceGiven(event: CoreEvent, namespace: string): { readonly namespace: string } {
  if ((event.metadata.namespace ?? namespace) === namespace) return { namespace };
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

function generateName(prefix: string | undefined): string {
  if (prefix === undefined) return "";
  let name = prefix.slice(0, LONGEST_PREFIX);
  for (let index = 0; index < SUFFIX_LENGTH; index++) {
    name += SUFFIX_ALPHABET[randomInt(SUFFIX_ALPHABET.length)] ?? "";
  }
  return name;
}

function decode(body: unknown, group: ApiGroup): CoreEvent {
  if (typeof body !== "object" || body === null) throw badRequest("the body is not a JSON object");
  const { apiVersion, kind } = body as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (apiVersion !== undefined && apiVersion !== API_VERSION[group]) {
    throw badRequest(
      `the API version in the data (${JSON.stringify(apiVersion)}) does not match ` +
        `the expected API version (${API_VERSION[group]})`,
    );
  }
  if (kind !== undefined && kind !== "Event") {
    throw badRequest(`Object 'Kind' is ${JSON.stringify(kind)}, expected Event`);
  }
  return decodeCoreEvent(group === "core" ? body : toCoreSpelling(body));
}

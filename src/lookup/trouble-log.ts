import type { Logger } from "../lib/log.ts";
import type { ObjectPlace } from "./object-place.ts";
import type { NoAnswer } from "./state-reader.ts";

const REFUSED =
  "the state of objects may not be looked up, so messages about them are not checked; allow get on them (tocsin rbac), or set kubernetes.enrich: owners";
const SILENT =
  "the state of objects cannot be looked up now, so messages about them are not checked; they are tried again";

/** Says once what cannot be looked up: a refusal once for each resource, failures once until an answer comes. */
export class TroubleLog {
  readonly #log: Logger;
  readonly #refused = new Set<string>();
  /** Resources without an answer. */
  readonly #silent = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  recordAnswer({ resource }: ObjectPlace): void {
    this.#silent.delete(resource);
  }

  recordNoAnswer({ resource, home: namespace }: ObjectPlace, { outcome, because: error }: NoAnswer): void {
    if (outcome === "tooLarge") return;
    const isRefused = outcome === "forbidden";
    const said = isRefused ? this.#refused : this.#silent;
    if (said.has(resource)) return;
    said.add(resource);
    this.#log.warn(isRefused ? REFUSED : SILENT, { resource, namespace, error });
  }
}

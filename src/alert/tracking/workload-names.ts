import type { ObjectKey } from "../../event/index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { AlertState } from "../state.ts";

/** FNV-1a of 32 bits. */
const OFFSET = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

const DASH = 0x2d;

/** Where a workload is. */
type Place = Pick<ObjectKey, "cluster" | "namespace">;

/**
 * The names of the workloads of alerts, as hashes. Every pod that is scheduled or started anywhere is held against them,
 * so that this has to be cheap; a wrong yes does no harm.
 */
export class WorkloadNames implements AlertIndex {
  readonly #isOn: boolean;
  /** How many alerts have a workload of this hash. */
  readonly #counts = new Map<number, number>();

  /** @param isOn Whether anybody asks for names; without it none are kept. */
  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  /** Number of different names. */
  get size(): number {
    return this.#counts.size;
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (!this.#isOn || (before !== undefined && after !== undefined)) return;
    if (after !== undefined) this.#count(hashOf(after), 1);
    else if (before !== undefined) this.#count(hashOf(before), -1);
  }

  /** The beginnings of a pod's name that may be the name of a workload of an alert: `web` of `web-7d9f-x4x9z`. */
  beginningsOf({ cluster, namespace }: Place, name: string): readonly string[] {
    if (this.#counts.size === 0) return NONE;
    let hash = hashOfPlace({ cluster, namespace });
    const found: string[] = [];
    for (let index = 0; index < name.length; index++) {
      const code = name.charCodeAt(index);
      if (code === DASH && this.#counts.has(hash)) found.push(name.slice(0, index));
      hash = hashCode(hash, code);
    }
    return found;
  }

  #count(hash: number, change: number): void {
    const count = (this.#counts.get(hash) ?? 0) + change;
    if (count > 0) this.#counts.set(hash, count);
    else this.#counts.delete(hash);
  }
}

function hashOf({ labels }: AlertState): number {
  const { cluster = "", namespace = "", workload = "" } = labels;
  return hashText(hashOfPlace({ cluster, namespace }), workload.slice(workload.indexOf("/") + 1));
}

function hashOfPlace({ cluster, namespace }: Place): number {
  return hashCode(hashText(hashCode(hashText(OFFSET, cluster), 0), namespace), 0);
}

function hashText(start: number, text: string): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) hash = hashCode(hash, text.charCodeAt(index));
  return hash;
}

function hashCode(hash: number, code: number): number {
  return Math.imul(hash ^ code, PRIME) | 0;
}

const NONE: readonly never[] = Object.freeze([]);

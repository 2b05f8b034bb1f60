import type { ContainerLog, Fact } from "../../src/alert/index.ts";
import { ObjectKey } from "../../src/event/index.ts";
import { readObjectState } from "../../src/object/index.ts";

/** An object as the API server would give it, or an answer without one. */
export type Found = { readonly metadata: object; readonly [field: string]: unknown } | "gone" | "unknown";

/** The states of objects over time, from which inquiries are answered. */
export class ObjectStates {
  /** Of each object, in the order of time. */
  readonly #states = new Map<string, { readonly second: number; readonly found: Fact["found"] }[]>();

  /** By the key of a pod: its logs, as look-ups read them for messages. */
  readonly logs = new Map<string, readonly ContainerLog[]>();

  /**
   * From this second on an object is so.
   *
   * @param object `namespace/Kind/name`, as in an `EventSketch`, or a whole key.
   */
  set(second: number, object: string, found: Found, cluster = "test"): this {
    const [namespace = "", kind = "", name = ""] = object.split("/");
    const key = ObjectKey.format({ cluster, kind, namespace, name });
    const state = typeof found === "string" ? found : (readObjectState(kind, found) ?? "unknown");
    const known = this.#states.get(key) ?? [];
    this.#states.set(
      key,
      [...known, { second, found: state }].toSorted((a, b) => a.second - b.second),
    );
    return this;
  }

  /** The answer about an object at a second; `unknown` for an object that was never set. */
  at(second: number, object: string): Fact["found"] {
    return this.#states.get(object)?.findLast((state) => state.second <= second)?.found ?? "unknown";
  }
}

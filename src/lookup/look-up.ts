import type { OwnerRow } from "../alert/index.ts";
import { ObjectKey, ownerChains } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import { answerKey, type AskedObject } from "../object/index.ts";
import type { ObjectFacts } from "./object-facts.ts";
import { type LookUpOptions, ObjectReader } from "./object-reader.ts";

/** Time for all look-ups of one batch of Events; later answers do not count. */
const BUDGET_MS = 1000;
const AT_ONCE = 8;

/** Kinds whose owners are looked up. */
const OWNED: ReadonlySet<string> = new Set(["Pod", "ReplicaSet", "Job"]);

/** How long an owner is kept after its last use. */
const KEEP_OWNER_MS = 30 * 86_400_000;

/**
 * Asks the API server about objects, by metadata alone. Never throws and never waits for long: an alert goes on without
 * missing answers.
 */
export class LookUp {
  readonly #clock: Clock;
  readonly #reader: ObjectReader;

  constructor(options: LookUpOptions) {
    this.#clock = options.clock;
    this.#reader = new ObjectReader(options);
  }

  /** Whether an object, by its key, is in the cluster of this API server and of a kind whose owners are looked up. */
  wants(object: string): boolean {
    const { kind } = ObjectKey.parse(object);
    return OWNED.has(kind) && this.#reader.canRead({ object, kind, apiVersion: "" });
  }

  /** Takes owner and labels from an object that somebody else has read. @param body The whole answer. */
  learn(object: string, body: unknown): void {
    this.#reader.learn(ofKubernetes(object), body);
  }

  /**
   * Asks for the owners of these objects, and for their owners in turn. @returns A row for each answer; its owner may
   * be "".
   */
  async find(objects: readonly string[]): Promise<readonly OwnerRow[]> {
    const rows = new Map<string, OwnerRow>();
    const chains = ownerChains((object) => rows.get(object)?.owner);
    const wanted = objects.filter((object) => this.wants(object));
    const asked = new Set(wanted);
    const waiting = wanted.map(ofKubernetes);
    await this.#readAll(waiting, ({ object }, { owner }) => {
      rows.set(object, { object, owner, node: "", expiresAt: this.#clock.now() + KEEP_OWNER_MS });
      const next = chains.parentOf(object);
      if (next === undefined || !this.wants(next) || asked.has(next)) return;
      asked.add(next);
      waiting.push(ofKubernetes(next));
    });
    return [...rows.values()];
  }

  /** Labels and annotations of these objects, by their `answerKey`, as far as there were answers. */
  async describe(objects: Iterable<AskedObject>): Promise<ReadonlyMap<string, ObjectFacts>> {
    const asked = new Map([...objects].map((each) => [answerKey(each), each]));
    const found = new Map<string, ObjectFacts>();
    await this.#readAll([...asked.values()], (each, facts) => void found.set(answerKey(each), facts));
    return found;
  }

  /** Those of these objects that do not exist any more; an object without an answer may still exist. */
  async gone(objects: readonly string[]): Promise<readonly string[]> {
    const gone: string[] = [];
    const note = ({ object }: AskedObject, { isGone }: ObjectFacts): void => {
      if (isGone) gone.push(object);
    };
    await this.#readAll(objects.filter((object) => this.wants(object)).map(ofKubernetes), note, {
      afresh: true,
    });
    return gone;
  }

  /** Reads the waiting objects, and those that join meanwhile, several at once, until the budget is used up. */
  async #readAll(
    waiting: AskedObject[],
    onFacts: (asked: AskedObject, facts: ObjectFacts) => void,
    { afresh } = { afresh: false },
  ): Promise<void> {
    const endsAt = this.#clock.monotonic() + BUDGET_MS;
    const work = async (): Promise<void> => {
      for (let asked = waiting.shift(); asked !== undefined; asked = waiting.shift()) {
        const left = endsAt - this.#clock.monotonic();
        if (left <= 0) return;
        const facts = this.#reader.canRead(asked)
          ? await this.#reader.read(asked, { deadlineMs: left, afresh })
          : undefined;
        if (facts !== undefined) onFacts(asked, facts);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}

/** An object of a kind of Kubernetes itself. */
function ofKubernetes(object: string): AskedObject {
  return { object, kind: ObjectKey.parse(object).kind, apiVersion: "" };
}

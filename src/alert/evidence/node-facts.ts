import { ObjectKey } from "../../event/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { oneLine } from "../../lib/text.ts";
import { conditionEvidence } from "../../object/index.ts";
import type { NotifiedFact } from "../notified-evidence.ts";
import type { Member } from "../state.ts";
import type { FactReader } from "./fact-reader.ts";

/** An older answer about a node explains nothing that is told now; a message waits a second for one of ten. */
const FRESH_MS = 15_000;

/** Longest text of one fact, in UTF-16 units. */
const LONGEST_TEXT = 500;

/** The trouble of a node, with when its state was read. */
export interface NodeFact {
  /** Epoch milliseconds; undefined where no state was needed. */
  readonly at: number | undefined;
  readonly fact: NotifiedFact;
}

/**
 * The conditions of each node of these members that is not well; without one, that all members are on one node.
 *
 * @param now Epoch milliseconds.
 */
export function nodeFacts(members: readonly Member[], facts: FactReader, now: number): readonly NodeFact[] {
  const nodes = new Map<string, string>();
  for (const { key, node } of members) {
    if (node === "") continue;
    const { cluster } = ObjectKey.parse(key);
    nodes.set(ObjectKey.format({ cluster, kind: "Node", namespace: "", name: node }), node);
  }
  const isShared = members.length > 1 && nodes.size === 1 && members.every(({ node }) => node !== "");
  const sick = [...nodes].flatMap(
    ([object, name]) => troubleOf({ object, name, isShared }, facts, now) ?? [],
  );
  if (sick.length > 0 || !isShared) return sick;
  const [name = ""] = nodes.values();
  return [{ at: undefined, fact: { name: "node", value: `all on node ${oneLine(name)}`, object: "" } }];
}

function troubleOf(
  { object, name, isShared }: { readonly object: string; readonly name: string; readonly isShared: boolean },
  facts: FactReader,
  now: number,
): NodeFact | undefined {
  const fact = facts.get(object);
  if (fact === undefined || typeof fact.found === "string" || fact.found.kind !== "Node") return undefined;
  if (fact.at + FRESH_MS < now) return undefined;
  const conditions = conditionEvidence(fact.found);
  if (conditions.length === 0) return undefined;
  const value = `${isShared ? "all on " : ""}node ${oneLine(name)}, where ${conditions.join("; ")}`;
  return {
    at: fact.at,
    fact: {
      name: "node",
      value: cutMiddle(value, LONGEST_TEXT),
      object: ObjectKey.formatName({ kind: "Node", name }),
    },
  };
}

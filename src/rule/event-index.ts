import type { EventKeys } from "../event/index.ts";
import { type GroupedByValues, groupByValues } from "./group-by-values.ts";
import { couldHave, patternOn, type Profile, PROFILE_FIELDS, type ProfileField } from "./profile.ts";

/** The index does not divide fewer entries further: asking each of them is as quick. */
const FEW = 4;

/** Branches kept at once; a full index begins anew. Anybody may write Events with values never seen before. */
const MOST_BRANCHES = 8192;

/** An entry of the index, which events are tried against. */
export interface Indexed<Entry> {
  readonly entry: Entry;
  /** An event outside all of these profiles cannot match. */
  readonly profiles: readonly Profile[];
}

/** The entries that could match an event with these keys, in their order; some of them may not. */
export type EventIndex<Entry> = (keys: EventKeys) => readonly Entry[];

/**
 * An index over entries: a tree with one field a level, whose branches grow when an event first asks for them. The cost
 * of an event follows from the number of entries that could match it, not from the number of all.
 */
export function createEventIndex<Entry>(entries: readonly Indexed<Entry>[]): EventIndex<Entry> {
  const all = entries.flatMap(({ entry, profiles }, position) =>
    profiles.map((profile): Leaf<Entry> => ({ entry, position, profile })),
  );
  let budget = MOST_BRANCHES;
  const grow = (leaves: readonly Leaf<Entry>[], level: number): Node<Entry> => {
    budget -= 1;
    return toNode(leaves, level);
  };
  let root = toNode(all, 0);
  return (keys) => {
    if (budget <= 0) {
      budget = MOST_BRANCHES;
      root = toNode(all, 0);
    }
    let node = root;
    while (node.split !== undefined) node = node.split.branch(keys, grow);
    return node.entries;
  };
}

/** One profile of an entry. */
interface Leaf<Entry> {
  readonly entry: Entry;
  readonly position: number;
  readonly profile: Profile;
}

interface Node<Entry> {
  /** In their order, each once. */
  readonly entries: readonly Entry[];
  /** Undefined where the entries are not divided further. */
  readonly split: Split<Entry> | undefined;
}

type Grow<Entry> = (leaves: readonly Leaf<Entry>[], level: number) => Node<Entry>;

function toNode<Entry>(leaves: readonly Leaf<Entry>[], from: number): Node<Entry> {
  const level =
    leaves.length <= FEW ? -1 : PROFILE_FIELDS.findIndex((field, at) => at >= from && tells(field, leaves));
  const field = PROFILE_FIELDS[level];
  if (field !== undefined) return { entries: [], split: new Split(field, leaves, level) };
  const entries = new Map(leaves.map(({ position, entry }) => [position, entry]));
  return { entries: [...entries.values()], split: undefined };
}

/** Whether a field divides some of them. */
function tells<Entry>(field: ProfileField, leaves: readonly Leaf<Entry>[]): boolean {
  return leaves.some(
    ({ profile }) => profile.values[field] !== undefined || patternOn(profile, field) !== undefined,
  );
}

/** The branches of one field. */
class Split<Entry> {
  readonly #field: ProfileField;
  readonly #level: number;
  readonly #leaves: GroupedByValues<Leaf<Entry>>;
  readonly #branches = new Map<string, Node<Entry>>();

  constructor(field: ProfileField, leaves: readonly Leaf<Entry>[], level: number) {
    this.#field = field;
    this.#level = level;
    this.#leaves = groupByValues(leaves, ({ profile }) => profile.values[field]);
  }

  branch(keys: EventKeys, grow: Grow<Entry>): Node<Entry> {
    const value = keys[this.#field];
    const grown = this.#branches.get(value);
    if (grown !== undefined) return grown;
    const open = this.#leaves.open.filter(({ profile }) => couldHave(profile, this.#field, value));
    const named = this.#leaves.named.get(value) ?? [];
    const leaves = [...named, ...open].toSorted((a, b) => a.position - b.position);
    const branch = grow(leaves, this.#level + 1);
    this.#branches.set(value, branch);
    return branch;
  }
}

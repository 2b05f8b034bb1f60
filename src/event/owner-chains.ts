import { ObjectKey } from "./object-key.ts";

/** Owners that are followed: Pod → ReplicaSet → Deployment → an operator's object, and one more. */
const MOST_OWNERS = 4;

/** Finds the owners of objects, given by their keys, by the immediate owner of each. Owners are `Kind/name`. */
export interface OwnerChains {
  /** The key of the immediate owner; undefined when none is known. */
  parentOf(object: string): string | undefined;
  /** The known owners, nearest first: at most four, and none twice. */
  of(object: string): readonly string[];
  /** The key of the last of its known owners, or of the object itself; undefined when four owners have more. */
  topOf(object: string): string | undefined;
  /** Reads what `of` needs for these objects: first the objects, then their owners, and so on; each at most once. */
  load(objects: Iterable<string>, read: (objects: readonly string[]) => Promise<void>): Promise<void>;
}

/** Makes the chains over the immediate owners. @param ownerOf Answers undefined or "" when it knows no owner. */
export function ownerChains(ownerOf: (object: string) => string | undefined): OwnerChains {
  const parentOf = (object: string): string | undefined => {
    const owner = ownerOf(object) ?? "";
    return owner === "" ? undefined : ObjectKey.beside(object, owner);
  };
  return {
    parentOf,
    of: (object) => {
      const owners: string[] = [];
      for (let current = object; owners.length < MOST_OWNERS;) {
        const owner = ownerOf(current) ?? "";
        if (owner === "" || owners.includes(owner)) break;
        owners.push(owner);
        current = ObjectKey.beside(current, owner);
      }
      return owners;
    },
    topOf: (object) => {
      let top = object;
      for (let links = 0; links < MOST_OWNERS; links++) {
        const parent = parentOf(top);
        if (parent === undefined) return top;
        top = parent;
      }
      return undefined;
    },
    load: async (objects, read) => {
      const seen = new Set(objects);
      let level: readonly string[] = [...seen];
      for (let depth = 0; depth < MOST_OWNERS && level.length > 0; depth++) {
        await read(level);
        const parents = new Set(level.flatMap((object) => parentOf(object) ?? []));
        level = [...parents.difference(seen)];
        for (const parent of parents) seen.add(parent);
      }
    },
  };
}

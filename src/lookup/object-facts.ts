import { ObjectKey } from "../event/index.ts";

/** Labels and annotations kept of one object; longer values are cut. */
const MOST_ENTRIES = 64;
const LONGEST_ENTRY = 4096;

/** Facts about an object; none for one that is gone. */
export interface ObjectFacts {
  readonly isGone: boolean;
  /** Its controller, `Kind/name`; "" for none. */
  readonly owner: string;
  /** None where nobody asked for them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The facts about an object that does not exist. */
export const NO_FACTS: ObjectFacts = { isGone: true, owner: "", labels: {}, annotations: {} };

/**
 * The metadata of an answer; one of another shape says nothing.
 *
 * @param keepsTexts Whether somebody reads labels and annotations; otherwise they are dropped.
 */
export function factsIn(body: unknown, keepsTexts: boolean): ObjectFacts {
  const metadata = at(body, "metadata");
  return {
    isGone: false,
    owner: controllerIn(at(metadata, "ownerReferences")),
    labels: keepsTexts ? textsIn(at(metadata, "labels")) : {},
    annotations: keepsTexts ? textsIn(at(metadata, "annotations")) : {},
  };
}

/** The owner that manages the object. */
function controllerIn(owners: unknown): string {
  const controller: unknown = Array.isArray(owners)
    ? owners.find((owner: unknown) => at(owner, "controller") === true)
    : undefined;
  const [kind, name] = [at(controller, "kind"), at(controller, "name")];
  if (typeof kind !== "string" || typeof name !== "string" || kind.includes("/")) return "";
  return ObjectKey.formatName({ kind, name });
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  const texts = Object.entries(value)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .slice(0, MOST_ENTRIES)
    .map(([key, text]) => [key, text.slice(0, LONGEST_ENTRY)] as const);
  return Object.fromEntries(texts);
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

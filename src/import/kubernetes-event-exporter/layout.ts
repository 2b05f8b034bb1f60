import { isMapping } from "../../lib/mapping.ts";
import { translateTemplate } from "../go-template/translate-template.ts";
import type { Path } from "../place.ts";

/** A leaf of a layout that is not a text: the tool sends null in its place. */
export interface NullLeaf {
  readonly path: Path;
  readonly value: unknown;
}

/** A template without an equal. */
export interface LostTemplate {
  readonly path: Path;
  readonly source: string;
  readonly trouble: string;
}

/** A layout as a tree of texts with `{{ CEL }}` holes. */
export interface TranslatedLayout {
  readonly tree: unknown;
  readonly nulls: readonly NullLeaf[];
  readonly lost: readonly LostTemplate[];
  readonly holes: { readonly found: number; readonly translated: number };
}

/** Names of the cluster in CEL, by the place of a text. */
export const CLUSTER_IN = { sink: "cluster", rule: "event.cluster" } as const;

/** Translates a layout; each of its leaves is a text afterwards, or null (pkg/sinks/tmpl.go). */
export function translateLayout(layout: unknown, place: keyof typeof CLUSTER_IN): TranslatedLayout {
  const nulls: NullLeaf[] = [];
  const lost: LostTemplate[] = [];
  const holes = { found: 0, translated: 0 };
  const translate = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") {
      const text = translateTemplate(value, CLUSTER_IN[place]);
      holes.found += text.holes;
      if (text.trouble === undefined) holes.translated += text.holes;
      else lost.push({ path, source: value, trouble: text.trouble });
      return text.text;
    }
    if (Array.isArray(value)) return value.map((item, index) => translate(item, [...path, index]));
    if (isMapping(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, translate(item, [...path, key])]),
      );
    nulls.push({ path, value });
    return null;
  };
  const tree = translate(layout, []);
  return { tree, nulls, lost, holes };
}

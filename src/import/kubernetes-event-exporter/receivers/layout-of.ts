import { isMapping } from "../../../lib/mapping.ts";
import { dotted } from "../../../lib/yaml-file.ts";
import { translateLayout, type TranslatedLayout } from "../layout.ts";
import type { ReceiverContext, SinkRemark } from "./receiver-context.ts";

/** How a sink shows what it writes. */
interface LayoutUse {
  /** The key of the layout in the options of the receiver. */
  readonly key: string;
  /** Said in the report: the new form of what the layout was. */
  readonly written: string;
}

/** The layout of a receiver, translated and reported; undefined when it has none. */
export function layoutOf(
  options: Readonly<Record<string, unknown>>,
  { key, written }: LayoutUse,
  { say, count, name, isRecord }: ReceiverContext,
): TranslatedLayout | undefined {
  const layout = options[key];
  if (!isMapping(layout)) return undefined;
  if (Object.keys(layout).length === 0) {
    say("layout-empty", [key], {
      did: "it wrote {} for every Event, for the layout is empty",
      written: "template: {}",
      decide: "leave the template out, and the whole Event is written",
    });
    return translateLayout(layout, isRecord ? "sink" : "rule");
  }
  const translated = translateLayout(layout, isRecord ? "sink" : "rule");
  count(translated.holes);
  say("layout-strings", [key], {
    did: "every value of the layout was sent as a text, numbers and objects too",
    written,
    decide:
      "a text that is one {{ }} keeps the type of its value: take string(…) or .json() away where a number or an object is wanted",
  });
  for (const { path, value } of translated.nulls)
    say("layout-null", [key, ...path], {
      did: `${JSON.stringify(value)} is no text, so null was sent`,
      written: "null",
      decide: `write ${JSON.stringify(value)} in its place`,
      shown: dotted([name, ...path]),
    });
  for (const { path, source, trouble } of translated.lost)
    say("template", [key, ...path], {
      did: `it rendered ${source}`,
      written: `"" in its place: ${trouble}`,
      decide: "write the text anew (docs/expressions.md)",
      shown: dotted([name, ...path]),
    });
  return translated;
}

/** A record in the form of the layout of its receiver, as the options of a sink. */
export interface LayoutOptions {
  readonly options: { readonly template?: unknown };
  readonly remarks: readonly SinkRemark[];
}

/** The layout of a receiver of records as the option `template`. */
export function templateOf(
  options: Readonly<Record<string, unknown>>,
  context: ReceiverContext,
  key = "layout",
): LayoutOptions {
  const written = "a template whose texts are texts";
  const layout = layoutOf(options, { key, written }, context);
  return layout === undefined || !context.isRecord
    ? { options: {}, remarks: [] }
    : { options: { template: layout.tree }, remarks: layoutRemarks(layout, "template") };
}

/** The originals of lost templates and null values, for comments in the new file. @param at The key of the tree. */
export function layoutRemarks({ nulls, lost }: TranslatedLayout, at: string): readonly SinkRemark[] {
  return [
    ...nulls.map(({ path, value }) => ({
      path: [at, ...path],
      text: `the old layout had ${JSON.stringify(value)} here`,
    })),
    ...lost.map(({ path, source }) => ({ path: [at, ...path], text: source })),
  ];
}

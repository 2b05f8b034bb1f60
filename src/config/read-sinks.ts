import { z } from "zod";

import { HttpSettings } from "../egress/index.ts";
import { isMapping } from "../lib/mapping.ts";
import type { Fault } from "../lib/schema.ts";
import { findSecrets, type FoundSecret } from "../lib/secret-option.ts";
import { type ConfiguredSink, parseSink, type SinkType } from "../sink/index.ts";
import type { KnownSinkTypes } from "./types-for-entries.ts";

/** The entries of `sinks`, checked. */
export interface ReadSinks {
  readonly sinks: readonly ConfiguredSink[];
  /** Every given name, also of an entry with faults: a reference to it is not wrong. */
  readonly names: ReadonlySet<string>;
  /** The known parts of every entry with a name, also of those with faults. */
  readonly heads: ReadonlyMap<string, SinkHead>;
  readonly secrets: readonly FoundSecret[];
  readonly faults: readonly Fault[];
}

/** The part of an entry that references to the sink are checked against. */
export interface SinkHead {
  /** Undefined when nothing has such a name. */
  readonly type: SinkType | undefined;
  readonly hasFallback: boolean;
}

/** Checks each entry by its type, and that names are unique. */
export function readSinks(entries: readonly unknown[], { types, names: known }: KnownSinkTypes): ReadSinks {
  const sinks: ConfiguredSink[] = [];
  const heads = new Map<string, SinkHead>();
  const secrets: FoundSecret[] = [];
  const faults: Fault[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = parseSink(entry, types, known);
    faults.push(...parsed.faults.map((fault) => ({ ...fault, path: ["sinks", index, ...fault.path] })));
    if (parsed.sink !== undefined) sinks.push(parsed.sink);
    const { name, type } = headOf(entry);
    if (name !== undefined) {
      if (heads.has(name)) faults.push(duplicate(name, index));
      else heads.set(name, { type: parsed.type, hasFallback: hasFallback(entry) });
    }
    const options = types.find((candidate) => candidate.type === type)?.options;
    if (options !== undefined) secrets.push(...findSecrets(options, entry, ["sinks", index]));
    secrets.push(...findSecrets(HttpSettings, entry, ["sinks", index]));
  }
  return { sinks, names: new Set(heads.keys()), heads, secrets, faults };
}

function hasFallback(entry: unknown): boolean {
  return isMapping(entry) && entry["fallback"] !== undefined;
}

function duplicate(name: string, index: number): Fault {
  const message = `there is another sink named ${JSON.stringify(name)}; names are unique`;
  return { level: "error", path: ["sinks", index, "name"], message };
}

function headOf(entry: unknown): { readonly name: string | undefined; readonly type: string | undefined } {
  const head = z.looseObject({ name: z.string(), type: z.string().optional() }).safeParse(entry);
  return { name: head.data?.name, type: head.data?.type };
}

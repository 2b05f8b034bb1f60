import { computed, effect, signal } from "@preact/signals";

import type { Rule, RulePage } from "../../src/api/schemas/rule.ts";
import { ask } from "./api.ts";
import { turns } from "./live.ts";

/** Rules in use; empty until they are read. */
const rules = signal<readonly Rule[]>([]);

/** The description of each rule, by name. */
export const descriptions = computed(
  () => new Map(rules.value.map(({ name, description }) => [name, description])),
);

/** The rule as its author wrote it, by name; none for a rule that code made. */
export const writtenRules = computed(
  () => new Map(rules.value.flatMap(({ name, yaml }) => (yaml === null ? [] : [[name, yaml] as const]))),
);

/** Reads the rules now, and anew with every configuration, without the numbers of their work. Headings do without them until then. */
export function followRules(): void {
  effect(() => {
    void turns.config.value;
    void readRules().catch(() => undefined);
  });
}

async function readRules(): Promise<void> {
  const all: Rule[] = [];
  let cursor = "";
  do {
    const page = await ask<RulePage>(`/rules?stats=false&limit=500${cursor}`);
    all.push(...page.items);
    cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== "");
  rules.value = all;
}

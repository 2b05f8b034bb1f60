import { describe, expect, it } from "vitest";

import {
  eventsOfCase,
  expectationOf,
  caseInputs,
  casesOf,
  runImport,
  sinksOf,
  toClusterEvent,
} from "../../support/import-case.ts";

const TOOL = "kubernetes-event-exporter";

interface Expected {
  readonly receivers: Readonly<Record<string, { readonly sink: string | null }>>;
  readonly report: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly { readonly event: string; readonly tocsin: readonly string[] }[];
}

/** Cases of receivers that have a sink by now. */
const READY: ReadonlySet<string> = new Set(["dump-stdout", "drop-lease-and-scheduled"]);

/** Codes that say more than the tool did wrong. */
const FURTHER: ReadonlySet<string> = new Set(["cluster", "no-equal", "template"]);

describe.each(casesOf(TOOL).filter((name) => READY.has(name)))("the import of %s", (name) => {
  // The fixtures have this shape.
  const expected = expectationOf(TOOL, name) as Expected;
  const run = runImport([TOOL, ...caseInputs(TOOL, name)]);

  it("passes check", async () => {
    const { answer } = await run;
    expect(answer.check).toMatchObject({ ok: true, findings: [] });
  });

  it("sends each Event to the same receivers", async () => {
    const { policy } = await run;
    const events = eventsOfCase(TOOL, name);
    const got = events.map((event) => sinksOf(policy, toClusterEvent(event)));
    expect(got).toEqual(expected.events.map(({ tocsin }) => [...tocsin].toSorted()));
  });

  it("says in the report what the tool did", async () => {
    const { answer } = await run;
    const said = new Map<string, string[]>();
    for (const { code, path } of answer.report.filter(({ code }) => !FURTHER.has(code)))
      said.set(code, [...(said.get(code) ?? []), path]);
    const plain = Object.fromEntries([...said].map(([code, paths]) => [code, paths.toSorted()]));
    const wanted = Object.entries(expected.report).map(([code, paths]) => [code, [...paths].toSorted()]);
    expect(plain).toEqual(Object.fromEntries(wanted));
  });
});

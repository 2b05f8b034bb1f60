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

/** Lines that say more than the cases ask for: addresses of chats are secrets too. */
function isFurther({ code, path }: { readonly code: string; readonly path: string }): boolean {
  return (
    /^(?:cluster|no-equal|template)$/u.test(code) || (code === "secret-literal" && path.endsWith(".endpoint"))
  );
}

describe.each(casesOf(TOOL))("the import of %s", (name) => {
  // The fixtures have this shape.
  const expected = expectationOf(TOOL, name) as Expected;
  const run = runImport([TOOL, ...caseInputs(TOOL, name)]);

  it("passes check", async () => {
    const { answer } = await run;
    // Of rules without a reason check always says that others may match the same Event.
    const findings = answer.check.findings.filter(
      ({ message }) => !message.startsWith("matches events of every reason"),
    );
    expect({ ...answer.check, findings }).toEqual({ ok: true, findings: [] });
  });

  it("sends each Event to the same receivers", async () => {
    const { policy } = await run;
    const events = eventsOfCase(TOOL, name);
    const got = events.map((event) => sinksOf(policy, toClusterEvent(event)));
    expect(got).toEqual(expected.events.map(({ tocsin }) => [...tocsin].toSorted()));
  });

  it("has a sink of the same kind for each receiver", async () => {
    const { sinks } = await run;
    const types = Object.entries(expected.receivers).map(([receiver, { sink }]) => [receiver, sink]);
    const written = sinks.map(({ name: sink, type }) => [sink, type.type]);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(types));
  });

  it("says in the report what the tool did", async () => {
    const { answer } = await run;
    const said = new Map<string, string[]>();
    for (const { code, path } of answer.report.filter((line) => !isFurther(line)))
      said.set(code, [...(said.get(code) ?? []), path]);
    const plain = Object.fromEntries([...said].map(([code, paths]) => [code, paths.toSorted()]));
    const wanted = Object.entries(expected.report).map(([code, paths]) => [code, [...paths].toSorted()]);
    expect(plain).toEqual(Object.fromEntries(wanted));
  });
});

import { describe, expect, it } from "vitest";

import { isMapping } from "../../../src/lib/mapping.ts";
import { renderRecord, type TemplateTree } from "../../../src/sink/options/index.ts";
import {
  type CaseEvent,
  caseInputs,
  casesOf,
  eventsOfCase,
  expectationOf,
  type ImportRun,
  recordOf,
  runImport,
  sinksOf,
  toClusterEvent,
} from "../../support/import-case.ts";

const TOOL = "kubernetes-event-exporter";

interface Expected {
  readonly receivers: Readonly<Record<string, { readonly sink: string | null }>>;
  readonly report: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly {
    readonly event: string;
    readonly tocsin: readonly string[];
    readonly keeBodies?: Readonly<Record<string, unknown>>;
  }[];
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
  const run = runImport([TOOL, ...caseInputs(TOOL, name), "--cluster", "lab"]);

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

  it("writes the same bodies", async () => {
    const { sinks, policy } = await run;
    const events = eventsOfCase(TOOL, name);
    for (const [index, { keeBodies = {} }] of expected.events.entries()) {
      const event = events[index];
      if (event === undefined) continue;
      const bodies = Object.keys(keeBodies).flatMap((receiver) => {
        const body = bodyOf({ sinks, policy }, receiver, event);
        return body === undefined ? [] : [[receiver, body] as const];
      });
      const isNew = (event.event.firstTimestamp ?? undefined) === undefined;
      for (const [receiver, body] of bodies) {
        const there = keeBodies[receiver];
        expect(withoutMissing(body, there, isNew)).toEqual(withoutMissing(there, there, isNew));
      }
    }
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

/** The body that a sink with a template writes of an Event; undefined for one without. */
function bodyOf(
  { sinks, policy }: Pick<ImportRun, "sinks" | "policy">,
  name: string,
  event: CaseEvent,
): unknown {
  const { common, options } = sinks.find((sink) => sink.name === name) ?? {};
  // Options of a webhook have this key; others have another one, or none.
  const tree = common?.template ?? (options as { readonly template?: TemplateTree } | undefined)?.template;
  return tree === undefined ? undefined : JSON.parse(renderRecord(tree, recordOf(event, policy.cluster), 0));
}

/**
 * The same bodies without values that the tool does not have: of times that are missing, and, for an Event of the newer
 * API, of count and host.
 */
function withoutMissing(body: unknown, there: unknown, isNew: boolean): unknown {
  if (typeof there === "string")
    return there.startsWith("0001-") || (isNew && /^0?$/u.test(there)) ? "" : body;
  if (Array.isArray(there) && Array.isArray(body))
    return body.map((item, index) => withoutMissing(item, there[index], isNew));
  if (!isMapping(there) || !isMapping(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, item]) => [key, withoutMissing(item, there[key], isNew)]),
  );
}

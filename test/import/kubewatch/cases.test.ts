import { describe, expect, it } from "vitest";

import type { RawEvent } from "../../../src/event/index.ts";
import {
  caseInputs,
  casesOf,
  eventsOfCase,
  expectationOf,
  runImport,
  sinksOf,
  toClusterEvent,
} from "../../support/import-case.ts";

const TOOL = "kubewatch";

interface Expected {
  readonly report: readonly string[];
  readonly deliveries: readonly { readonly kubernetesNamespaces: readonly string[] }[];
  readonly events: readonly { readonly tocsin: readonly string[] }[];
}

describe.each(casesOf(TOOL))("the import of %s", (name) => {
  // The fixtures have this shape.
  const expected = expectationOf(TOOL, name) as Expected;
  const run = runImport([...caseInputs(TOOL, name), "--cluster", "lab"]);

  it("passes check", async () => {
    const { answer } = await run;
    expect(answer.check).toEqual({ ok: true, findings: [] });
  });

  it("sends the same Events to its handler, of the namespaces that it watches", async () => {
    const { policy, files } = await run;
    const [, list = ""] = /namespaces: \[ (.*) \]/u.exec(files["tocsin.yaml"] ?? "") ?? [];
    const namespaces = list.split(", ").filter((each) => each !== "");
    expect(namespaces).toEqual(expected.deliveries.flatMap((each) => each.kubernetesNamespaces));
    const isWatched = ({ metadata }: RawEvent): boolean =>
      namespaces.length === 0 || namespaces.includes(String(metadata?.namespace));
    const got = eventsOfCase(TOOL, name).map((event) =>
      isWatched(event.event) ? sinksOf(policy, toClusterEvent(event)) : [],
    );
    expect(got).toEqual(expected.events.map(({ tocsin }) => tocsin));
  });

  it("says what the tool did", async () => {
    const { answer } = await run;
    const said = answer.report.map(({ code, path }) => `${code}: ${path.split(".").at(-1)}`);
    const missing = expected.report.filter((code) => !said.some((line) => line.startsWith(code)));
    expect(missing).toEqual([]);
  });
});

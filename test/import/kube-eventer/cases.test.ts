import { describe, expect, it } from "vitest";

import { IMPORT_TOOLS, importConfiguration, type Imported } from "../../../src/import/index.ts";
import {
  caseInputs,
  casesOf,
  eventsOfCase,
  expectationOf,
  runImport,
  sinksOf,
  toClusterEvent,
} from "../../support/import-case.ts";

const TOOL = "kube-eventer";

interface Expected {
  /** In the order of the command line. */
  readonly sinks: readonly { readonly sink: string | null }[];
  readonly report: readonly string[];
  /** Positions of sinks. */
  readonly events: readonly { readonly tocsin: readonly number[] }[];
}

describe.each(casesOf(TOOL))("the import of %s", (name) => {
  // The fixtures have this shape.
  const expected = expectationOf(TOOL, name) as Expected;
  const run = runImport([...caseInputs(TOOL, name), "--cluster", "lab"]);

  it("passes check", async () => {
    const { answer } = await run;
    const { ok, findings } = answer.check;
    const others = findings.filter(({ message }) => !message.startsWith("matches events of every reason"));
    expect({ ok, others }).toEqual({ ok: true, others: [] });
  });

  it("has a sink for each --sink with an equal, and sends it the same Events", async () => {
    const { policy, sinks } = await run;
    const written = sinks.filter((sink) => sink.name !== "nothing");
    expect(written.map(({ type }) => type.type)).toEqual(
      expected.sinks.flatMap(({ sink }) => (sink === null ? [] : [sink])),
    );
    const names = new Map(
      expected.sinks
        .flatMap(({ sink }, position) => (sink === null ? [] : [position]))
        .map((position, index) => [position, written[index]?.name]),
    );
    const got = eventsOfCase(TOOL, name).map((event) => sinksOf(policy, toClusterEvent(event)));
    const wanted = expected.events.map(({ tocsin }) =>
      tocsin.flatMap((position) => names.get(position) ?? []).toSorted(),
    );
    expect(got).toEqual(wanted);
  });

  it("says what the tool did", async () => {
    const { answer } = await run;
    const codes = new Set(answer.report.map(({ code }) => code));
    expect(expected.report.filter((code) => !codes.has(code))).toEqual([]);
  });
});

function imported(sink: string): Imported {
  const text = JSON.stringify({ args: ["--source=kubernetes:", `--sink=${sink}`] });
  const outcome = importConfiguration([{ file: "a.yaml", text }], undefined, {
    tools: IMPORT_TOOLS,
    cluster: "lab",
    firstSight: false,
    tidy: false,
    alerts: new Set(),
    forward: new Set(),
  });
  if (outcome.imported === undefined) throw new Error(JSON.stringify(outcome.findings));
  return outcome.imported;
}

describe("the filters of kube-eventer", () => {
  it.each([
    ["dingtalk:https://oapi.dingtalk.com/robot/send?access_token=x", { type: "Warning" }],
    ["dingtalk:https://oapi.dingtalk.com/robot/send?access_token=x&level=Normal", {}],
    [
      "dingtalk:https://oapi.dingtalk.com/robot/send?access_token=x&namespaces=a,b&kinds=Pod",
      { type: "Warning", metadata: { namespace: ["a", "b"] }, kind: ["Pod"] },
    ],
    ["webhook:https://hook.example/?method=POST", undefined],
    ["webhook:https://hook.example/?level=Normal&method=POST", { type: "Normal" }],
    [
      "webhook:https://hook.example/?method=POST&namespaces=a&reason=Failed.*,Back",
      { namespace: ["a"], reason: [{ regex: "Failed.*" }, { regex: "Back" }] },
    ],
    ["elasticsearch:http://search:9200?index=ev&level=Warning", undefined],
  ])("%s", (sink, match) => {
    const { configuration, rules } = imported(sink);
    expect((rules?.rules ?? configuration.forward)?.[0]?.match).toEqual(match);
  });

  it("let nothing pass where no reason compiles, and say so", () => {
    const { configuration, lines } = imported("webhook:https://hook.example/?method=POST&reason=*x");
    expect(configuration.forward).toMatchObject([{ when: "false" }]);
    expect(lines.map(({ code }) => code)).toEqual(expect.arrayContaining(["regex-invalid", "never-matched"]));
  });

  it("keep secrets out of the files", () => {
    const { configuration, secrets } = imported(
      "dingtalk:https://oapi.dingtalk.com/robot/send?access_token=t0k&sign=SECx",
    );
    expect(JSON.stringify(configuration)).not.toMatch(/t0k|SECx/u);
    expect(secrets.map(({ path, value }) => [path, value])).toEqual([
      ["secrets/dingtalk-url", "https://oapi.dingtalk.com/robot/send?access_token=t0k"],
      ["secrets/dingtalk-secret", "SECx"],
    ]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";

import type { ClusterEvent } from "../../src/event/index.ts";
import type { ReasonRow } from "../../src/rule/index.ts";
import { keysOfEvent } from "../../src/rule/keys-of-event.ts";
import { rounds } from "../support/rounds.ts";
import { makeEvent, ROWS, rulesOf } from "./make.ts";

function names(rules: ReturnType<typeof rulesOf>, event: ClusterEvent): readonly string[] {
  return rules.match(event).map((rule) => rule.name);
}

describe("which rules an event goes to", () => {
  const rules = rulesOf(`
rules:
  - { name: first, match: { reason: [BackOff, Failed] } }
  - { name: off, match: { reason: BackOff }, enabled: false }
  - { name: second, match: { kind: Pod, name: { like: "web-*" } } }
  - { name: rest, match: { type: Warning }, fallback: true }
  - { name: rest-too, match: { reason: Killing }, fallback: true }
drop:
  - { name: noise, match: { reason: [DNSConfigForming, Pulled] } }
  - { name: ci, match: { namespace: { like: "ci-*" } } }
`);

  it.each([
    { title: "every rule that matches", event: makeEvent(), expected: ["first", "second"] },
    { title: "one", event: makeEvent({ involvedObject: { name: "db-1" } }), expected: ["first"] },
    { title: "a rule without reason", event: makeEvent({ reason: "New" }), expected: ["second"] },
    {
      title: "all fallbacks that match where no ordinary rule does",
      event: makeEvent({ reason: "Killing", involvedObject: { name: "db-1" } }),
      expected: ["rest", "rest-too"],
    },
    {
      title: "no fallback where an ordinary rule matches",
      event: makeEvent({ reason: "Killing" }),
      expected: ["second"],
    },
    {
      title: "nothing",
      event: makeEvent({ type: "Normal", reason: "X", involvedObject: { name: "db" } }),
      expected: [],
    },
    { title: "nothing when dropped by reason", event: makeEvent({ reason: "Pulled" }), expected: [] },
    {
      title: "nothing when dropped by another field",
      event: makeEvent({ namespace: "ci-1", involvedObject: { namespace: "ci-1" } }),
      expected: [],
    },
  ])("$title", ({ event, expected }) => {
    expect(names(rules, event)).toEqual(expected);
  });

  it("names the drop, and lists only enabled rules", () => {
    expect(rules.droppedBy(makeEvent({ reason: "Pulled" }))).toBe("noise");
    expect(rules.droppedBy(makeEvent())).toBeUndefined();
    expect(rules.rules.map((rule) => rule.name)).toEqual(["first", "second", "rest", "rest-too"]);
    expect(rules.byName.has("off")).toBe(false);
  });

  it("falls back past a rule that is disabled", () => {
    const rules = rulesOf(
      "rules: [{ name: a, match: { reason: A }, enabled: false }, { name: b, match: { type: Warning }, fallback: true }]",
    );
    expect(names(rules, makeEvent({ reason: "A" }))).toEqual(["b"]);
  });
});

describe("the index", () => {
  const rules = rulesOf(`
rules:
  - { name: pull, match: { reason: [BackOff, Failed], kind: Pod, source: kubelet }, resolve: { by: [{ reason: Pulled, source: kubelet }] } }
  - { name: node, match: { reason: NodeNotReady, kind: Node } }
`);
  it.each<{ key: [string, string, string, string]; could: "match" | "resolve" | "neither" }>([
    { key: ["Warning", "BackOff", "Pod", "kubelet"], could: "match" },
    { key: ["Normal", "BackOff", "Pod", "kubelet"], could: "match" },
    { key: ["Warning", "BackOff", "Node", "kubelet"], could: "neither" },
    { key: ["Warning", "BackOff", "Pod", "other"], could: "neither" },
    { key: ["Normal", "Pulled", "Pod", "kubelet"], could: "resolve" },
    { key: ["Normal", "Pulled", "Pod", "other"], could: "neither" },
    { key: ["Normal", "NodeNotReady", "Node", "node-controller"], could: "match" },
    { key: ["Normal", "NodeReady", "Node", "kubelet"], could: "resolve" },
    { key: ["Normal", "Scheduled", "Pod", "default-scheduler"], could: "neither" },
    { key: ["Normal", "Created", "Pod", "kubelet"], could: "neither" },
    { key: ["", "", "", ""], could: "neither" },
    { key: ["Normal", "constructor", "__proto__", "kubelet"], could: "neither" },
  ])("says that $key could $could", ({ key, could }) => {
    const [type, reason, kind, component] = key;
    const keys = { type, reason, namespace: "shop", kind, component };
    const glimpse = { head: keys, message: "", count: 1 };
    expect([rules.couldMatch(glimpse), rules.couldResolve(glimpse)]).toEqual([
      could === "match",
      could === "resolve",
    ]);
  });

  it("asks for the count where the keys and the message leave it open", () => {
    const rules = rulesOf("rules: [{ name: again, match: { reason: Started, count: { gte: 2 } } }]");
    const could = (count: number): boolean =>
      rules.couldMatch({ head: keysOfEvent(makeEvent({ reason: "Started" })), message: "", count });
    expect([could(1), could(2)]).toEqual([false, true]);
    const both = rulesOf(
      "rules: [{ name: a, match: { reason: A, count: { gte: 2 } } }, { name: b, match: { reason: A, count: { gte: 9 } } }]",
    );
    expect(both.couldMatch({ head: keysOfEvent(makeEvent({ reason: "A" })), message: "", count: 2 })).toBe(
      true,
    );
  });

  it("asks for the message where the keys leave it open", () => {
    const rules = rulesOf(`
rules:
  - name: probe
    match: { reason: Killing, message: { contains: failed liveness probe } }
    resolve: { by: [{ reason: Started, message: { like: "Started *" } }] }
`);
    const could = (reason: string, message: string): readonly boolean[] => {
      const glimpse = { head: keysOfEvent(makeEvent({ reason })), message, count: 1 };
      return [rules.couldMatch(glimpse), rules.couldResolve(glimpse)];
    };
    expect(could("Killing", "Container app failed liveness probe, will be restarted")).toEqual([true, false]);
    expect(could("Killing", "Stopping container app")).toEqual([false, false]);
    expect(could("Started", "Started container app")).toEqual([false, true]);
    expect(could("Started", "not yet")).toEqual([false, false]);
    expect(could("Stopped", "Started container app")).toEqual([false, false]);
  });

  it("knows counter-events of rules, and of the rows that rules lean on", () => {
    const pulled = makeEvent({ type: "Normal", reason: "Pulled" });
    expect(rules.couldCounter(pulled)).toBe(true);
    expect(rules.couldCounter({ ...pulled, source: { component: "other", host: "" } })).toBe(false);
    expect(
      rules.couldCounter(makeEvent({ reason: "NodeReady", involvedObject: { kind: "Node", namespace: "" } })),
    ).toBe(true);
    expect(rules.couldCounter(makeEvent({ reason: "Scheduled" }))).toBe(false);
    expect(
      rulesOf("rules: [{ name: s, match: { reason: FailedScheduling } }]").couldCounter(
        makeEvent({ reason: "Scheduled" }),
      ),
    ).toBe(true);
    expect(
      rulesOf("rules: [{ name: s, match: { reason: FailedScheduling }, resolve: { by: [] } }]").couldCounter(
        makeEvent({ reason: "Scheduled" }),
      ),
    ).toBe(false);
  });

  const REASONS = ["A", "B", "C", "D"];
  const KINDS = ["Pod", "Node", "Job"];
  const COMPONENTS = ["kubelet", "tocsin", "x"];
  const TYPES = ["Normal", "Warning", ""];
  const NAMESPACES = ["shop", "pay", ""];
  const among = (values: readonly string[]) =>
    fc.oneof(
      fc.constantFrom(...values),
      fc.subarray([...values], { minLength: 1 }),
      fc.record({ not: fc.constantFrom(...values) }),
      fc.constantFrom(...values).map((value) => ({ like: `${value.slice(0, 1)}*` })),
    );
  const mapping = fc.record(
    {
      reason: among(REASONS),
      kind: among(KINDS),
      source: among(COMPONENTS),
      type: among(TYPES),
      namespace: among(NAMESPACES.slice(0, 2)),
      message: fc.constant({ contains: "m" }),
    },
    { requiredKeys: [] },
  );
  const match = fc.oneof(mapping, fc.array(mapping, { minLength: 1, maxLength: 3 }));
  const rule = fc.record(
    {
      match,
      except: match,
      fallback: fc.boolean(),
      when: fc.constantFrom("event.reason != 'D'", "event.metadata.labels.nope == 'x'"),
      resolve: fc.record({ by: fc.array(mapping, { maxLength: 2 }) }),
    },
    { requiredKeys: ["match"] },
  );
  const row = fc
    .record({
      component: fc.constantFrom("", ...COMPONENTS),
      reason: fc.constantFrom(...REASONS),
      kinds: fc.subarray(KINDS),
      type: fc.constantFrom(...TYPES),
      contains: fc.constantFrom("", "m"),
      counterEvents: fc.array(
        fc.record({
          component: fc.constantFrom("", ...COMPONENTS),
          reason: fc.constantFrom(...REASONS),
          kind: fc.constantFrom("", ...KINDS),
          contains: fc.constantFrom("", "m"),
          same: fc.constant(["object"] as const),
        }),
        { maxLength: 2 },
      ),
    })
    .map((known): ReasonRow => ({
      ...known,
      when: undefined,
      lifecycle: "recurring",
      severity: "info",
      quietMs: undefined,
      series: false,
      meaning: "m",
    }));

  const EVENTS = REASONS.flatMap((reason) =>
    KINDS.flatMap((kind) =>
      COMPONENTS.flatMap((component) =>
        TYPES.flatMap((type) =>
          ["m", "other"].flatMap((message) =>
            NAMESPACES.map((namespace) =>
              makeEvent({
                reason,
                type,
                message,
                involvedObject: { kind, namespace },
                source: { component },
              }),
            ),
          ),
        ),
      ),
    ),
  );

  it("never says no wrongly, and finds the rules that asking each of them finds", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(rule, { maxLength: 4 }), fc.array(rule, { minLength: 8, maxLength: 30 })),
        fc.array(mapping, { maxLength: 2 }),
        fc.array(row, { maxLength: 4 }),
        (specs, drops, reasonRows) => {
          const text = stringify({
            rules: specs.map((spec, index) => ({ name: `r${index}`, ...spec })),
            drop: drops.map((each, index) => ({ name: `d${index}`, match: each })),
          });
          let compiled: ReturnType<typeof rulesOf>;
          try {
            compiled = rulesOf(text, { reasonRows });
          } catch (error) {
            // The errors these rules can have.
            fc.pre(!/matched by the rule itself|takes everything that match takes/u.test(String(error)));
            throw error;
          }
          const rows = rowsInUse(compiled);
          for (const event of EVENTS) checkEvent(compiled, event, rows);
        },
      ),
      { numRuns: rounds(60) },
    );
  });

  /** Asks every rule by itself, without any index. */
  function checkEvent(
    rules: ReturnType<typeof rulesOf>,
    event: ClusterEvent,
    rows: ReadonlySet<ReasonRow>,
  ): void {
    const each = rules.rules.filter((rule) => rule.matches(event));
    const ordinary = each.filter((rule) => !rule.fallback);
    const dropped = rules.droppedBy(event) !== undefined;
    const expected = dropped ? [] : ordinary.length > 0 ? ordinary : each;
    expect(rules.match(event)).toEqual(expected);
    const counters =
      rules.rules.some((rule) => rule.resolve.by?.some((counter) => counter.matches(event))) ||
      [...rows].some((row) => isCounterOf(row, event));
    expect(counters && !rules.couldCounter(event)).toBe(false);
    const glimpse = { head: keysOfEvent(event), message: event.message, count: event.count };
    expect(each.length > 0 && !rules.couldMatch(glimpse)).toBe(false);
    expect(counters && !rules.couldResolve(glimpse)).toBe(false);
  }

  /** The rows of all events that open an alert of a rule without counter-events of its own. */
  function rowsInUse(rules: ReturnType<typeof rulesOf>): ReadonlySet<ReasonRow> {
    const rows = EVENTS.filter((event) =>
      rules.match(event).some((rule) => rule.resolve.by === undefined),
    ).map((event) => rules.reasonRow(event));
    return new Set(rows.filter((each) => each !== undefined));
  }

  function isCounterOf(known: ReasonRow, event: ClusterEvent): boolean {
    return known.counterEvents.some(
      (spec) =>
        spec.reason === event.reason &&
        ["", event.source.component].includes(spec.component) &&
        ["", event.involvedObject.kind].includes(spec.kind) &&
        event.message.includes(spec.contains),
    );
  }
});

describe("what a rule leaves out", () => {
  it("has the defaults of the contract", () => {
    const rule = rulesOf("rules: [{ name: r, match: { reason: A } }]").byName.get("r");
    expect(rule).toMatchObject({
      description: "",
      fallback: false,
      threshold: { count: 1, withinMs: 0, distinct: 1 },
      forMs: 0,
      identity: ["namespace", "workload", "reason"],
      namesReason: true,
    });
    for (const key of ["severity", "lifecycle", "sinks", "runbook", "dashboard", "title", "text"] as const) {
      expect(rule?.[key]).toBeUndefined();
    }
    expect(rule?.resolve).toEqual({ by: undefined, quietMs: undefined, maxAgeMs: undefined });
    expect(rule?.labels.size).toBe(0);
  });

  it.each([
    { match: "{ reason: A }", identity: ["namespace", "workload", "reason"], names: true },
    { match: "{ reason: [A] }", identity: ["namespace", "workload", "reason"], names: true },
    { match: "{ reason: [A, B] }", identity: ["namespace", "workload"], names: true },
    { match: "[{ reason: A }, { reason: B, kind: Pod }]", identity: ["namespace", "workload"], names: true },
    { match: "{ reason: { like: 'A*' } }", identity: ["namespace", "workload", "reason"], names: true },
    { match: "{ reason: { not: A } }", identity: ["namespace", "workload", "reason"], names: false },
    { match: "{ kind: Pod }", identity: ["namespace", "workload", "reason"], names: false },
    { match: "[{ reason: A }, { kind: Pod }]", identity: ["namespace", "workload", "reason"], names: false },
  ])("$match has identity $identity", ({ match, identity, names }) => {
    const rule = rulesOf(`rules: [{ name: r, match: ${match} }]`).byName.get("r");
    expect(rule?.identity).toEqual(identity);
    expect(rule?.namesReason).toBe(names);
  });

  it("has a version that changes with the rule and with nothing else", () => {
    const version = (text: string): string | undefined => rulesOf(text).byName.get("r")?.version;
    const one = version("rules: [{ name: r, match: { reason: A } }]");
    expect(
      version(
        "# other\nrules:\n  - name: r\n    match:\n      reason: A\n  - { name: s, match: { reason: B } }",
      ),
    ).toBe(one);
    expect(version("rules: [{ name: r, match: { reason: A }, for: 1s }]")).not.toBe(one);
    expect(version("rules: [{ name: r, match: { reason: B } }]")).not.toBe(one);
  });
});

describe("what a rule says", () => {
  const rule = rulesOf(`
rules:
  - name: r
    description: It pulls.
    match: { reason: [BackOff, Failed] }
    severity: critical
    lifecycle: transition
    identity: [node, "{{ event.involvedObject.owner.name.default(event.name) }}"]
    threshold: { count: 3, within: 40m, distinct: 2 }
    for: 90s
    resolve: { by: [{ reason: [Pulled, Started], same: [object, container] }, { kind: Node }], quiet: 15m, maxAge: 1d }
    sinks: [ops]
    runbook: "https://runbooks.example/{{ event.reason.lower() }}"
    labels: { team: shop, ticket: 7, paged: true, who: "{{ event.namespace }}" }
    title: "{{ alert.workload }} in {{ cluster }} ({{ group.alerts }}) {{ alert.startsAt.ago() }} {{ alert.labels.team }} {{ alert.endsAt }}"
    text: "{{ alert.objects.join(', ') }} {{ alert.status }} {{ event.message.extract('image \\"([^\\"]+)') }}"
`).byName.get("r");
  const scope = {
    event: makeEvent({ message: 'Back-off pulling image "nginx:9"' }),
    cluster: "prod",
    now: 3_600_000,
  };

  it("is compiled as written", () => {
    expect(rule).toMatchObject({
      description: "It pulls.",
      severity: "critical",
      lifecycle: "transition",
      threshold: { count: 3, withinMs: 2_400_000, distinct: 2 },
      forMs: 90_000,
      resolve: { quietMs: 900_000, maxAgeMs: 86_400_000 },
      sinks: ["ops"],
    });
    expect(rule?.resolve.by).toMatchObject([
      { label: "Pulled | Started", same: ["object", "container"], reasons: new Set(["Pulled", "Started"]) },
      { label: "Node", same: ["object"], reasons: undefined },
    ]);
  });

  it("fills its texts", () => {
    const [, expression] = rule!.identity;
    expect(typeof expression === "object" && expression.render(scope)).toBe("web-1");
    expect([...rule!.labels].map(([name, text]) => [name, text.render(scope)])).toEqual([
      ["team", "shop"],
      ["ticket", "7"],
      ["paged", "true"],
      ["who", "shop"],
    ]);
    expect(rule?.runbook?.render(scope)).toBe("https://runbooks.example/backoff");
    const alert = {
      rule: "r",
      severity: "critical",
      status: "firing",
      occurrences: 4,
      startsAt: 0,
      endsAt: undefined,
      labels: { team: "shop" },
      workload: "Deployment/web",
      objects: ["Pod/a", "Pod/b"],
      resolvedBy: "",
    } as const;
    const group = { key: "k", labels: {}, alerts: 2 };
    expect(rule?.title?.render({ ...scope, alert, group })).toBe("Deployment/web in prod (2) 1 h ago shop ");
    expect(rule?.title?.render({ ...scope, alert: { ...alert, endsAt: 1000 }, group })).toMatch(
      / 1970-01-01T00:00:01.000Z$/u,
    );
    expect(rule?.text?.render({ ...scope, alert, group })).toBe("Pod/a, Pod/b firing nginx:9");
  });

  it("knows the cause in its texts, or that none is known", () => {
    const source = "{{ evidence.summary }} of {{ evidence.containers.size() }}";
    const text = rulesOf(`rules: [{ name: it, match: { reason: X }, text: "${source}" }]`).byName.get(
      "it",
    )?.text;
    const evidence = { summary: "exit 1", facts: [], containers: [{}], workload: null, changes: [] };
    expect(text?.render({ ...scope, evidence })).toBe("exit 1 of 1");
    expect(text?.render(scope)).toBe(" of 0");
  });
});

describe("the reason table", () => {
  const row = (spec: Partial<ReasonRow>): ReasonRow => ({
    component: "",
    reason: "A",
    kinds: [],
    type: "",
    contains: "",
    lifecycle: "recurring",
    severity: "info",
    when: undefined,
    counterEvents: [],
    quietMs: undefined,
    series: false,
    meaning: "m",
    ...spec,
  });
  const rows = [
    row({ meaning: "any" }),
    row({ kinds: ["Pod"], meaning: "kind" }),
    row({ kinds: ["Pod"], component: "kubelet", meaning: "component and kind" }),
    row({ kinds: ["Pod"], component: "kubelet", contains: "pull", meaning: "all three" }),
    row({ contains: "pull", meaning: "form" }),
    row({ reason: "B", type: "Normal", meaning: "normal" }),
  ];
  const rules = rulesOf("rules: []", { reasonRows: rows });

  it.each([
    { event: makeEvent({ reason: "A", message: "pulling" }), meaning: "all three" },
    { event: makeEvent({ reason: "A", message: "x" }), meaning: "component and kind" },
    { event: makeEvent({ reason: "A", message: "x", source: { component: "y" } }), meaning: "kind" },
    { event: makeEvent({ reason: "A", message: "pulling", source: { component: "y" } }), meaning: "form" },
    { event: makeEvent({ reason: "A", message: "x", involvedObject: { kind: "Job" } }), meaning: "any" },
    { event: makeEvent({ reason: "B", type: "Normal" }), meaning: "normal" },
    { event: makeEvent({ reason: "B" }), meaning: undefined },
    { event: makeEvent({ reason: "C" }), meaning: undefined },
  ])("gives the most specific row: $meaning", ({ event, meaning }) => {
    expect(rules.reasonRow(event)?.meaning).toBe(meaning);
  });

  it("of the program tells the two back-offs apart, which have the same reason", () => {
    const real = rulesOf("rules: []", { reasonRows: ROWS });
    const crash = real.reasonRow(makeEvent());
    const pull = real.reasonRow(makeEvent({ type: "Normal", message: 'Back-off pulling image "x"' }));
    expect(crash?.counterEvents).toEqual([]);
    expect(pull?.counterEvents.map(({ reason }) => reason)).toContain("Pulled");
    expect(pull?.counterEvents[0]?.same).toEqual(["object", "container"]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";

import { cpuMsOf } from "../support/cpu-time.ts";
import { rounds } from "../support/rounds.ts";
import { compileFiles, makeEvent, rulesOf } from "./make.ts";

/** A rule in which everything is used. */
const RULE = parse(`
name: full
match: { reason: [BackOff, { like: "F*" }], source: { component: kubelet }, message: { regex: pull, not: { contains: x } }, involvedObject: { labels: { app: web }, owner: { kind: Job } } }
except: [{ namespace: a }]
when: event.count > 1
identity: [namespace, "{{ event.name }}"]
threshold: { count: 3, within: 5m }
resolve: { by: [{ reason: Pulled, same: [object] }], quiet: 5m }
labels: { team: "{{ event.namespace }}" }
title: "{{ alert.workload }}"
`) as Record<string, unknown>;

describe("hostile input", () => {
  it("never makes the compiler throw, whatever stands in a rule file", () => {
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("{{", "{{ event }}", "(?=", "*", "__proto__", -1, 1e30, [[]]),
    );
    const paths = fc.array(fc.constantFrom(...Object.keys(RULE), "reason", "by", "constructor", "not"), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(paths, junk, (path, value) => {
        const rule = structuredClone(RULE);
        let at: unknown = rule;
        for (const [index, key] of path.entries()) {
          if (typeof at !== "object" || at === null) break;
          if (index === path.length - 1) Reflect.set(at, key, value);
          else at = Reflect.get(at, key);
        }
        const { findings } = compileFiles({
          "a.yaml": stringify({ rules: [rule], drop: [{ name: "d", match: value }] }),
        });
        for (const finding of findings)
          expect(finding).toMatchObject({ file: "a.yaml", line: expect.any(Number) as number });
      }),
      { numRuns: rounds(300) },
    );
  });

  it("never makes the compiler throw, whatever the file is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        compileFiles({
          "a.yaml": stringify(value),
          "b.yaml": stringify({ rules: value }),
          "c.yaml": stringify({ rules: [value] }),
        });
      }),
      { numRuns: rounds(100) },
    );
  });

  it("reads nothing from an Event but what is there", () => {
    const rules = rulesOf(`
rules:
  - { name: proto, match: { metadata: { labels: { constructor: { like: "*" }, __proto__: "" } } } }
`);
    expect(rules.match(makeEvent())).toHaveLength(1);
    expect(rules.match(makeEvent({ labels: { constructor: "x" } }))).toHaveLength(1);
  });

  it("answers in time for a message of a megabyte", () => {
    const rules = rulesOf(`
rules:
  - name: slow
    match: { message: { regex: "^(a+)+$", like: "*a*b*c*" } }
    when: event.message.split("").exists(a, a == "z")
    title: "{{ event.message + event.message }}"
`);
    const event = makeEvent({ message: "a".repeat(1_000_000) });
    const took = cpuMsOf(() => {
      expect(rules.match(event)).toEqual([]);
      const title = rules.byName.get("slow")?.title?.render({ event, now: 0 });
      expect(Buffer.byteLength(title ?? "")).toBe(16 * 1024);
    });
    expect(took).toBeLessThan(10_000);
  });
});

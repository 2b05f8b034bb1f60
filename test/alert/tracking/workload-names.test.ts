import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { WorkloadNames } from "../../../src/alert/tracking/workload-names.ts";
import { rounds } from "../../support/rounds.ts";
import { makeAlert } from "../make.ts";

const PLACE = { cluster: "test", namespace: "shop" };

const of = (name: string, place = PLACE) =>
  makeAlert(name, { labels: { ...place, workload: `Deployment/${name}` } });

describe("the names of the workloads of alerts", () => {
  it("are found at the beginning of the names of their pods, up to a dash", () => {
    const names = new WorkloadNames(true);
    for (const name of ["web", "web-api", "db"]) names.record(undefined, of(name));
    expect(names.beginningsOf(PLACE, "web-api-7d9f-x4x9z")).toEqual(["web", "web-api"]);
    expect(names.beginningsOf(PLACE, "db-0")).toEqual(["db"]);
    for (const other of ["webapi-7d9f-x", "web", "b-0", ""])
      expect(names.beginningsOf(PLACE, other)).toEqual([]);
  });

  it("are those of their cluster and namespace", () => {
    const names = new WorkloadNames(true);
    names.record(undefined, of("web"));
    expect(names.beginningsOf({ ...PLACE, cluster: "other" }, "web-1")).toEqual([]);
    expect(names.beginningsOf({ ...PLACE, namespace: "pay" }, "web-1")).toEqual([]);
    expect(names.beginningsOf({ cluster: "tests", namespace: "hop" }, "web-1")).toEqual([]);
  });

  it("are forgotten with the last alert", () => {
    const names = new WorkloadNames(true);
    for (const _ of [1, 2]) names.record(undefined, of("web"));
    names.record(of("web"), of("web"));
    names.record(of("web"), undefined);
    expect(names.beginningsOf(PLACE, "web-1")).toEqual(["web"]);
    names.record(of("web"), undefined);
    expect([names.beginningsOf(PLACE, "web-1"), names.size]).toEqual([[], 0]);
  });

  it("miss none, and are not kept where nobody asks", () => {
    const word = fc.stringMatching(/^[a-z0-9-]{1,20}$/u);
    fc.assert(
      fc.property(fc.array(word), word, word, (others, name, rest) => {
        const names = new WorkloadNames(true);
        for (const each of [...others, name]) names.record(undefined, of(each));
        expect(names.beginningsOf(PLACE, `${name}-${rest}`)).toContain(name);
      }),
      { numRuns: rounds(500) },
    );
    const off = new WorkloadNames(false);
    off.record(undefined, of("web"));
    expect(off.size).toBe(0);
  });
});

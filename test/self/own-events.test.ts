import { describe, expect, it } from "vitest";

import type { Report } from "../../src/reporter/index.ts";
import { OwnEvents } from "../../src/self/own-events.ts";
import { AppBed, broken } from "../support/app-bed.ts";

const WORKLOAD = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "monitoring",
  name: "tocsin",
  uid: "uid-tocsin",
};

describe("an Event about the bridge itself", () => {
  it("is a Warning while an incident lasts and a Normal one when it is over; the object is asked for once", async () => {
    const reports: Report[] = [];
    let searches = 0;
    const events = new OwnEvents(
      {
        report: (report) => (
          reports.push(report),
          { refused: undefined, settled: new Promise(() => undefined) }
        ),
      },
      () => {
        searches += 1;
        return Promise.resolve(WORKLOAD);
      },
    );
    const incident = {
      key: "sink:ops",
      severity: "warning",
      title: "sink ops is broken",
      text: "401",
      failingSinks: [],
    } as const;
    await events.report({ incident, status: "firing", since: 0, times: 1 });
    await events.report({ incident, status: "resolved", since: 0, times: 1 });
    await events.report({ incident: { ...incident, key: "new kind" }, status: "firing", since: 0, times: 1 });
    expect(reports).toMatchObject([
      { type: "Warning", reason: "SinkFailing", action: "Run", note: "sink ops is broken. 401" },
      { type: "Normal", reason: "SinkRecovered", note: "Over: sink ops is broken. 401" },
      { type: "Warning", reason: "Trouble" },
    ]);
    expect(reports[0]?.regarding).toEqual(WORKLOAD);
    expect(searches).toBe(1);
  });

  it("is written where the Pod is named, and starts no alert of its own", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    Object.assign(bed.env, { TOCSIN_POD_NAME: "tocsin-5d4-x", TOCSIN_POD_NAMESPACE: "monitoring" });
    const namespace = { method: "POST", body: '{"metadata":{"name":"monitoring"}}' };
    await fetch(`${bed.api.url}/api/v1/namespaces`, namespace);
    // A rule that matches every Event there is.
    bed.write("rules.yaml", "rules: [{ name: it, match: {}, severity: critical }]");
    await bed.ready();
    bed.write("rules.yaml", "rules: [{ name: it, macth: {} }]");
    const events = async (): Promise<readonly unknown[]> => {
      const answer = await fetch(`${bed.api.url}/apis/events.k8s.io/v1/namespaces/monitoring/events`);
      return ((await answer.json()) as { items: readonly unknown[] }).items;
    };
    await bed.until(async () => (await events()).length === 1);
    expect(await events()).toMatchObject([
      {
        type: "Warning",
        reason: "ConfigRejected",
        note: expect.stringContaining("the changed configuration is refused"),
        reportingController: "tocsin",
        reportingInstance: "tocsin-5d4-x",
        regarding: { kind: "Pod", namespace: "monitoring", name: "tocsin-5d4-x" },
      },
    ]);
    // Another Event is sent, so the bridge was still listening: its own Event came before and was not sent.
    bed.api.create(broken("web"));
    const titles = (): string => bed.receiver.bodies().join("\n");
    await bed.until(() => titles().includes("web"));
    expect(titles()).not.toContain("ConfigRejected");
    expect(bed.receiver.bodies().filter((body) => body.includes('"rule":"it"'))).toHaveLength(1);
  });

  it("is written nowhere outside of a Pod", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    await bed.ready();
    bed.write("rules.yaml", "rules: [{ name: it, macth: {} }]");
    await bed.until(() => bed.receiver.requests.length > 0);
    expect(bed.api.stats().events).toBe(0);
  });
});

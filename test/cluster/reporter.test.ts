import { describe, expect, it } from "vitest";

import {
  createReporter,
  type Report,
  type ReportError,
  type Reporter,
  type ReporterOptions,
} from "../../src/reporter/index.ts";
import { isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import { describeReporter } from "../support/describe-reporter.ts";
import { type Json, Kubectl } from "../support/kubectl.ts";
import { until } from "../support/until.ts";

const failure = (change: Partial<Report> = {}): Report => ({
  regarding: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
  reason: "InjectionFailed",
  action: "Inject",
  note: "no database",
  ...change,
});

/** Creates a reporter; its errors are added to `errors`. */
function reporterFor(
  kubeconfig: string,
  errors: ReportError[],
  options: Partial<ReporterOptions> = {},
): Reporter {
  const onError = (error: ReportError): void => void errors.push(error);
  return createReporter({ component: "injector", kubeconfig, onError, ...options });
}

describe.skipIf(isControlPlaneMissing())("reporting to a real API server", () => {
  describeReporter("a real control plane", async () => {
    const plane = await startControlPlane();
    return { request: (path, init) => plane.request(path, init), stop: () => plane.stop() };
  });

  it("takes create and patch on events, and nothing else", async () => {
    await using plane = await startControlPlane();
    using kubectl = new Kubectl(plane);
    await kubectl.run("create", "namespace", "shop");
    await kubectl.run("create", "serviceaccount", "injector", "-n", "shop");
    const kubeconfig = await kubectl.kubeconfigOf("shop", "injector");
    const errors: ReportError[] = [];
    await using reporter = reporterFor(kubeconfig, errors);
    await expect(reporter.report(failure()).settled).rejects.toMatchObject({
      failure: "refused",
      status: 403,
      message: expect.stringContaining('cannot create resource "events" in API group "events.k8s.io"'),
    });

    const role = ["--verb=create,patch", "--resource=events.events.k8s.io", "-n", "shop"];
    await kubectl.run("create", "role", "reporter", ...role);
    await kubectl.run(
      "create",
      "rolebinding",
      "reporter",
      "--role=reporter",
      "--serviceaccount=shop:injector",
      "-n",
      "shop",
    );
    // The authorizer learns of it in a moment.
    let first = reporter.report(failure());
    for (
      let tries = 0;
      tries < 100 && (await first.settled.catch(() => undefined)) === undefined;
      tries += 1
    ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      first = reporter.report(failure());
    }
    const { name } = await first.settled;
    expect(await reporter.report(failure()).settled).toMatchObject({ name, count: 2 });
    expect(await reporter.report(failure({ dedupeKey: "nightly" })).settled).toMatchObject({ count: 1 });
    expect(await reporter.report(failure({ dedupeKey: "nightly" })).settled).toMatchObject({ count: 2 });
    expect(await reporter.serverVersion()).toMatch(/^v1\.\d+\.\d+/u);
  });

  it("surfaces that the namespace is being deleted", async () => {
    await using plane = await startControlPlane();
    using kubectl = new Kubectl(plane);
    await kubectl.run("create", "namespace", "shop");
    const errors: ReportError[] = [];
    await using reporter = reporterFor(kubectl.kubeconfig, errors);
    await reporter.report(failure()).settled;
    // No controller empties it here, so it stays in that state.
    await kubectl.run("delete", "namespace", "shop", "--wait=false");
    // An existing Event may still be counted up; a new one is refused.
    expect(await reporter.report(failure()).settled).toMatchObject({ count: 2 });
    await expect(reporter.report(failure({ note: "another" })).settled).rejects.toMatchObject({
      failure: "refused",
      status: 403,
      message: expect.stringContaining("because it is being terminated"),
    });
    expect(errors).toHaveLength(1);
    expect(reporter.counters()).toMatchObject({ accepted: 3, sent: 1, merged: 1, failed: 1 });
  });

  // The admission plugin looks at core Events alone: it limits no request through events.k8s.io.
  it("gets through a rate limit that names no time to wait", async () => {
    await using plane = await startControlPlane({ eventRateLimits: [{ type: "Server", qps: 4, burst: 2 }] });
    using kubectl = new Kubectl(plane);
    await kubectl.run("create", "namespace", "shop");
    const errors: ReportError[] = [];
    await using reporter = reporterFor(kubectl.kubeconfig, errors, { api: "core" });
    const handles = Array.from({ length: 10 }, (_, index) =>
      reporter.report(failure({ note: `note ${index}` })),
    );
    const events = await Promise.all(handles.map((handle) => handle.settled));
    expect(new Set(events.map(({ name }) => name)).size).toBe(10);
    expect(reporter.counters()).toMatchObject({ sent: 10, failed: 0 });
    expect(reporter.counters().retries).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    expect((await kubectl.json("get", "events", "-n", "shop"))["items"]).toHaveLength(10);
  });

  it("loses and doubles nothing while the API server is killed and started again", async () => {
    await using plane = await startControlPlane();
    using kubectl = new Kubectl(plane);
    await kubectl.run("create", "namespace", "shop");
    const errors: ReportError[] = [];
    await using reporter = reporterFor(kubectl.kubeconfig, errors);
    const settled: Promise<{ name: string }>[] = [];
    const report = (index: number): void =>
      void settled.push(
        reporter.report(failure({ regarding: { kind: "Pod", namespace: "shop", name: `web-${index}` } }))
          .settled,
      );
    for (let index = 0; index < 50; index++) report(index);
    await plane.programs.apiServer.end("SIGKILL");
    for (let index = 50; index < 100; index++) report(index);
    // Down for several attempts.
    await until(() => reporter.counters().retries >= 16);
    plane.programs.apiServer.again();
    const events = await Promise.all(settled);
    expect(errors).toEqual([]);
    const { items } = (await kubectl.json("get", "events", "-n", "shop")) as { items: readonly Json[] };
    const names = items.map((event) => String(event["metadata"].name));
    expect(names).toHaveLength(100);
    expect(new Set(names)).toEqual(new Set(events.map(({ name }) => name)));
    expect(new Set(items.map((event) => event["involvedObject"].name)).size).toBe(100);
  });
});

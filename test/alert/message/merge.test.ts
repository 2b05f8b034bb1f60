import { describe, expect, it } from "vitest";

import { mergeNotifications, type Notification, toNativeBody } from "../../../src/alert/index.ts";
import { makeAlert, makeNotification, makeResolvedAlert } from "../../support/notifications.ts";

/** The message of one namespace about this many workloads, with two pods each. */
function of(namespace: string, workloads: number, over: Partial<Notification> = {}): Notification {
  const pod = makeAlert().objects[0];
  const alerts = Array.from({ length: workloads }, (_, index) => {
    const objects =
      pod === undefined ? [] : [1, 2].map((name) => ({ ...pod, namespace, name: `w${index}-${name}` }));
    return makeAlert({
      fingerprint: `${namespace}-${index}`,
      title: `Image: w${index} in ${namespace}`,
      labels: { ...makeAlert().labels, namespace },
      objects,
      objectsOmitted: 0,
    });
  });
  return makeNotification({
    id: `id-${namespace}`,
    group: { key: `g/${namespace}`, labels: { rule: "image", cluster: "prod-eu1", namespace } },
    problem: "A container image cannot be pulled.",
    occurrences: workloads,
    alerts,
    ...over,
  });
}

describe("a message of several groups", () => {
  it("has another id when another group joins it, and the same one when it is made again", () => {
    const of = (...ids: readonly [string, ...string[]]): string => {
      const [first, ...others] = ids;
      const made = (id: string) => makeNotification({ id, group: { key: id, labels: {} } });
      return mergeNotifications([made(first), ...others.map(made)]).id;
    };
    expect(of("a", "b")).toBe(of("a", "b"));
    expect(new Set([of("a"), of("a", "b"), of("a", "b", "c"), of("a", "c")]).size).toBe(4);
    expect(of("a")).toBe("a");
  });

  it("counts namespaces and pods, has a line for each namespace, and rows in turns by namespace", () => {
    const merged = mergeNotifications([of("a", 1), of("b", 3), of("c", 2)]);
    expect(merged.title).toBe("3 namespaces, 12 pods: A container image cannot be pulled");
    expect(merged.text.builtIn).toBe(
      [
        "- b, 6 pods: Image: w0 in b and 2 more",
        "- c, 4 pods: Image: w0 in c and 1 more",
        "- a, 2 pods: Image: w0 in a",
      ].join("\n"),
    );
    expect(merged.alerts.map(({ fingerprint }) => fingerprint)).toEqual([
      "b-0",
      "c-0",
      "a-0",
      "b-1",
      "c-1",
      "b-2",
    ]);
    expect(merged).toMatchObject({
      id: "id-a-979e542a",
      occurrences: 6,
      group: { key: "merged/id-a", labels: { rule: "image", cluster: "prod-eu1" } },
    });
  });

  it("names its groups in the body, which one group alone does not", () => {
    const body = toNativeBody(mergeNotifications([of("a", 1), of("b", 1)]));
    expect(body.merged).toEqual([
      { group: "g/a", labels: { rule: "image", cluster: "prod-eu1", namespace: "a" } },
      { group: "g/b", labels: { rule: "image", cluster: "prod-eu1", namespace: "b" } },
    ]);
    expect(toNativeBody(mergeNotifications([of("a", 1)]))).not.toHaveProperty("merged");
    expect(body).not.toHaveProperty("problem");
  });

  it("stays within the limits of one message, and counts what it leaves out", () => {
    const many = Array.from({ length: 30 }, (_, index) => of(`n${index}`, 10));
    const [first = of("x", 1), ...others] = many;
    const merged = mergeNotifications([first, ...others]);
    expect([merged.alerts.length, merged.alertsOmitted]).toEqual([100, 200]);
    expect(new Set(merged.alerts.map(({ labels }) => labels["namespace"])).size).toBe(30);
    expect(merged.text.builtIn.split("\n")).toHaveLength(11);
    expect(merged.text.builtIn).toContain("- 400 pods in 20 more namespaces");
    const one = (namespace: string): Notification => {
      const [alert = makeAlert()] = of(namespace, 1).alerts;
      const [pod] = alert.objects;
      const objects = Array.from({ length: 400 }, (_, index) => ({
        ...(pod as (typeof alert.objects)[number]),
        name: `p${index}`,
      }));
      return of(namespace, 1, { alerts: [{ ...alert, objects }] });
    };
    const large = mergeNotifications([one("a"), one("b")]);
    expect(large.alerts.map(({ objects, objectsOmitted }) => [objects.length, objectsOmitted])).toEqual([
      [250, 150],
      [250, 150],
    ]);
  });

  it("tells each end in the words of its own group", () => {
    const end = (namespace: string, text: string): Notification =>
      of(namespace, 1, {
        kind: "resolved",
        trigger: "all-resolved",
        status: "resolved",
        endsAt: "2026-06-01T10:25:00.000Z",
        text: { own: "", builtIn: text, note: "" },
        alerts: [makeResolvedAlert()],
      });
    const merged = mergeNotifications([
      end("a", "Ended after 3 min: Pulled seen."),
      end("b", "Ended after 9 min: Pulled seen."),
    ]);
    expect(merged.title).toMatch(/^Resolved: 2 namespaces, /u);
    expect(merged.text.builtIn).toContain("Ended after 3 min: Pulled seen.");
    expect(merged.text.builtIn).toContain("Ended after 9 min: Pulled seen.");
    expect(merged).toMatchObject({
      kind: "resolved",
      trigger: "all-resolved",
      endsAt: "2026-06-01T10:25:00.000Z",
    });
  });

  it("is a first message when a group in it is new, has the worst severity, and sums what is held back", () => {
    const update = of("a", 2, { kind: "update", trigger: "new-alert", suppressed: { silence: 1 } });
    const merged = mergeNotifications([
      update,
      of("b", 1, { severity: "critical", suppressed: { silence: 2 } }),
    ]);
    expect(merged).toMatchObject({
      kind: "firing",
      trigger: "first",
      severity: "critical",
      suppressed: { silence: 3 },
    });
  });
});

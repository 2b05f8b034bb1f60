import { describe, expect, it } from "vitest";

import { commandsOf } from "../../../src/alert/message/commands-of.ts";
import { toOpenAlert } from "../../../src/alert/message/open-alert.ts";
import type { NotifiedAlert } from "../../../src/alert/notification.ts";
import type { RawEvent } from "../../../src/event/index.ts";
import { START } from "../../support/event-sketch.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeAlert, makeEvent, makeMember } from "../make.ts";

/** An alert of the Pod shop/web-1, container app, as a message has it. */
function told(more: Partial<NotifiedAlert> = {}, raw: RawEvent = {}): NotifiedAlert {
  const alert = makeAlert("f", { members: [makeMember("web-1")], event: makeEvent(raw) });
  const group = { key: "", labels: {}, alerts: 1 };
  return { ...toOpenAlert(alert, group, { rule: () => undefined, now: START }), ...more };
}

const object = (kind: string, namespace: string, name: string, container = ""): NotifiedAlert["objects"] =>
  told().objects.map((each) => ({ ...each, kind, namespace, name, container }));

describe("the commands for an alert", () => {
  it("look at the pod, its container, its workload and its Events", () => {
    const labels = { ...told().labels, workload: "Deployment/web" };
    expect(commandsOf(told({ labels }, { message: "a probe failed", reason: "Unhealthy" }))).toEqual([
      "kubectl -n shop describe pod web-1",
      "kubectl -n shop logs web-1 -c app",
      "kubectl -n shop rollout history deployment/web",
      "kubectl -n shop events --for pod/web-1",
    ]);
  });

  it("look at the run before, where the Event says that the container has run", () => {
    expect(commandsOf(told())[0]).toBe("kubectl -n shop logs web-1 -c app --previous");
    const pulling = { reason: "BackOff", message: "Back-off pulling image app" };
    expect(commandsOf(told({}, pulling))).not.toContain("kubectl -n shop logs web-1 -c app --previous");
    expect(commandsOf(told({ objects: object("Pod", "shop", "web-1", "$(reboot)") }))).not.toContain(
      "--previous",
    );
  });

  it("name the object whose message people read, unless it is gone", () => {
    const objects = [
      ...object("Pod", "shop", "web-2", "app").map((each) => ({ ...each, occurrences: 9 })),
      ...object("Pod", "shop", "web-1", "app"),
    ];
    expect(commandsOf(told({ objects })).join("\n")).not.toContain("web-2");
    const elsewhere = objects.map((each) => ({ ...each, namespace: "other" }));
    expect(commandsOf(told({ objects: elsewhere })).join("\n")).not.toContain("web-1");
  });

  it("look at a node and at what runs there", () => {
    const alert = told({ objects: object("Node", "", "node-3"), labels: { workload: "Node/node-3" } });
    expect(commandsOf(alert)).toEqual([
      "kubectl describe node node-3",
      "kubectl events --for node/node-3",
      "kubectl get pods -A --field-selector spec.nodeName=node-3",
    ]);
  });

  it.each(Object.entries(HOSTILE_TEXTS).filter(([, text]) => text !== "" && !/^[a-z]+$/u.test(text)))(
    "have no part of a name that could be more than a name: %s",
    (_, text) => {
      for (const objects of [
        object("Pod", "shop", text),
        object("Pod", text, "web"),
        object(text, "shop", "web"),
      ])
        expect(commandsOf(told({ objects }))).toEqual([]);
      const hostile = commandsOf(
        told({ objects: object("Pod", "shop", "web", text), labels: { workload: `Deployment/${text}` } }),
      );
      expect(hostile).toEqual(["kubectl -n shop describe pod web", "kubectl -n shop events --for pod/web"]);
    },
  );

  it.each(["-rf", "--all", "a;reboot", "a b", "a/b", "a\nb", "A", "a$(b)", ".", "a.", "a`b`"])(
    "name no object called %j",
    (name) => {
      expect(commandsOf(told({ objects: object("Pod", "shop", name) }))).toEqual([]);
    },
  );
});

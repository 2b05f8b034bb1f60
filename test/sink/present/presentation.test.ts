import { describe, expect, it } from "vitest";

import type { Notification, NotifiedAlert, NotifiedEvidence } from "../../../src/alert/index.ts";
import { utcTime } from "../../../src/lib/utc-time.ts";
import { present, type Presentation, spell } from "../../../src/sink/present/index.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import {
  builtInText,
  makeAlert,
  makeEvidence,
  makeNotification,
  makeNotificationOf,
  makeObject,
  makeResolvedAlert,
  makeWireEvent,
  ownText,
} from "../../support/notifications.ts";

const NOW = Date.parse("2026-06-01T10:08:00Z");
const at = (notification: Notification, now = NOW): Presentation => present(notification, now);
const factsOf = (notification: Notification, now = NOW): string =>
  spell(at(notification, now).facts, { instant: (when, precision) => utcTime(when, now, precision) });

/** One alert about objects of this kind. */
function about(
  objects: readonly { kind?: string; name: string; container?: string; occurrences?: number }[],
  occurrences: number,
): Partial<Notification> {
  return {
    occurrences,
    alerts: [makeAlert({ occurrences, objects: objects.map((object) => makeObject(object)) })],
  };
}

describe("the logs", () => {
  const withLog = (lines: readonly string[], over: Partial<Notification> = {}): string => {
    const logs = [{ object: "Pod/web-1", container: "app", lines }];
    return at(makeNotification({ alerts: [makeAlert({ evidence: { ...makeEvidence(), logs } })], ...over }))
      .logs;
  };

  it("are the last lines, behind a line that names the container", () => {
    expect(withLog(["start", "panic: boom"])).toBe("log of app in Pod/web-1:\nstart\npanic: boom");
    expect(at(makeNotification()).logs).toBe("");
  });

  it("are bounded, and the last ones stay", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index} ${"x".repeat(90)}`);
    const shown = withLog(lines);
    expect(shown.length).toBeLessThan(1400);
    expect(shown.endsWith(lines.at(-1) ?? "")).toBe(true);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("have no control character of: %s", (_, text) => {
    // oxlint-disable-next-line no-control-regex -- none may be there
    expect(withLog([text])).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/u);
  });
});

describe("the facts", () => {
  it.each([
    [
      about([{ name: "a", occurrences: 50 }, { name: "b" }, { name: "c" }], 57),
      "57 times on 3 pods since 10:00Z (8 min)",
    ],
    [about([{ kind: "Node", name: "node-3" }], 1), "1 node since 10:00Z (8 min)"],
    [
      about(
        [
          { name: "a", container: "x" },
          { name: "a", container: "y" },
        ],
        2,
      ),
      "2 times on 1 pod since 10:00Z (8 min)",
    ],
    [
      about(
        [
          { kind: "NetworkPolicy", name: "a" },
          { kind: "NetworkPolicy", name: "b" },
        ],
        2,
      ),
      "2 network policies since 10:00Z (8 min)",
    ],
    [
      about(
        [
          { kind: "Ingress", name: "a" },
          { kind: "Ingress", name: "b" },
        ],
        2,
      ),
      "2 ingresses since 10:00Z (8 min)",
    ],
    [
      about(
        [
          { kind: "Endpoints", name: "a" },
          { kind: "Endpoints", name: "b" },
        ],
        2,
      ),
      "2 endpoints since 10:00Z (8 min)",
    ],
    [
      about(
        [
          { kind: "Pod", name: "a" },
          { kind: "Node", name: "b" },
        ],
        9,
      ),
      "9 times on 2 objects since 10:00Z (8 min)",
    ],
    [
      { startsAt: "2026-05-31T22:08:00Z", ...about([{ name: "a" }], 1) },
      "1 pod since 2026-05-31 22:08Z (12 h)",
    ],
    [{ startsAt: new Date(NOW).toISOString(), ...about([{ name: "a" }], 1) }, "1 pod since 10:08Z"],
    [{ alerts: [makeAlert({ objectsOmitted: 40 })] }, "57 times on 43 pods since 10:00Z (8 min)"],
    [{ alertsOmitted: 3 }, "57 times on at least 3 pods since 10:00Z (8 min)"],
    [{ alerts: [] }, ""],
    [
      { kind: "digest", alerts: [makeAlert(), makeAlert()] },
      "57 times on 3 pods in all, first seen 10:00Z (8 min ago)",
    ],
    [{ kind: "digest" }, "57 times on 3 pods since 10:00Z (8 min)"],
    [
      {
        kind: "digest",
        status: "resolved",
        endsAt: "2026-06-01T10:05:00.000Z",
        alerts: [makeResolvedAlert({ how: "deleted", reason: "" })],
      },
      "Ended after 5 min: object deleted. 57 times on 3 pods in all.",
    ],
  ] satisfies [Partial<Notification>, string][])(
    "count and date what happened: %#",
    (overrides, expected) => {
      expect(factsOf(makeNotification(overrides))).toBe(expected);
    },
  );

  const END = "2026-06-01T10:25:00.000Z";
  const ended = (...alerts: NotifiedAlert[]): Partial<Notification> => ({
    kind: "resolved",
    status: "resolved",
    trigger: "all-resolved",
    endsAt: END,
    alerts,
  });

  it.each([
    [ended(makeResolvedAlert()), "Ended after 25 min: Pulled seen at 10:25Z. 57 times on 3 pods in all."],
    [
      ended(makeResolvedAlert({ how: "deleted", reason: "" })),
      "Ended after 25 min: object deleted. 57 times on 3 pods in all.",
    ],
    [
      ended(makeResolvedAlert({ how: "quiet", reason: "" })),
      "Last seen at 10:04Z, quiet for 21 min. 57 times on 3 pods in all.",
    ],
    [
      ended(makeResolvedAlert({ how: "max-age", reason: "" })),
      "Last seen at 10:04Z, closed 21 min later for its age. 57 times on 3 pods in all.",
    ],
    [
      ended(makeResolvedAlert({ how: "rule-removed", reason: "" })),
      "Closed after 25 min: its rule was removed. 57 times on 3 pods in all.",
    ],
    [
      ended(makeResolvedAlert(), makeResolvedAlert({ how: "quiet", reason: "" })),
      "Closed after 25 min: Pulled seen (1), went quiet (1). 57 times on 3 pods in all.",
    ],
    [
      ended(makeResolvedAlert(), makeResolvedAlert({ how: "deleted", reason: "" })),
      "Ended after 25 min: Pulled seen (1), object deleted (1). 57 times on 3 pods in all.",
    ],
    [
      ended(
        makeResolvedAlert({ how: "deleted", reason: "" }),
        makeResolvedAlert({ how: "rule-removed", reason: "" }),
      ),
      "Closed after 25 min: object deleted (1), its rule was removed (1). 57 times on 3 pods in all.",
    ],
    [{ ...ended(makeResolvedAlert()), occurrences: 3 }, "Ended after 25 min: Pulled seen at 10:25Z."],
    [
      {
        ...ended(makeResolvedAlert(undefined, { objects: [makeObject({ kind: "SomeTimesJob" })] })),
        occurrences: 1,
      },
      "Ended after 25 min: Pulled seen at 10:25Z.",
    ],
    [
      { ...ended(makeResolvedAlert()), trigger: "cleared-before-delivery" },
      "57 times on 3 pods from 10:00Z to 10:25Z (25 min): Pulled seen.",
    ],
    [
      { ...ended(makeAlert()), trigger: "moved" },
      "Routed elsewhere now, where it is sent as long as it lasts.",
    ],
  ] satisfies [Partial<Notification>, string][])(
    "say how it ended and how long it lasted: %#",
    (overrides, expected) => {
      expect(factsOf(makeNotification(overrides), Date.parse(END))).toBe(expected);
    },
  );
});

describe("the state", () => {
  const quiet = { how: "quiet", reason: "" } as const;
  it.each([
    [{ severity: "critical" }, "critical", "🔴", "critical · T"],
    [{ severity: "info" }, "info", "🔵", "info · T"],
    [{ test: true, trigger: "test" }, "test", "🔵", "T"],
    [{ status: "resolved", alerts: [makeResolvedAlert()] }, "resolved", "🟢", "T"],
    [{ status: "resolved", alerts: [makeResolvedAlert(), makeResolvedAlert(quiet)] }, "quiet", "⚪", "T"],
    [{ status: "resolved", trigger: "moved" }, "quiet", "⚪", "T"],
  ] satisfies [Partial<Notification>, string, string, string][])(
    "is said by a sign and a word: %#",
    (overrides, state, sign, headline) => {
      expect(at(makeNotification({ title: "T", ...overrides }))).toMatchObject({ state, sign, headline });
    },
  );
});

describe("the command", () => {
  const commandFor = (object: Parameters<typeof makeObject>[0]): string | undefined =>
    at(makeNotification({ alerts: [makeAlert({ objects: [makeObject(object)] })] })).command;

  it.each([
    [{}, "kubectl -n shop describe pod web-1"],
    [
      { kind: "Node", namespace: "", name: "ip-10-0-0-1.eu.internal" },
      "kubectl describe node ip-10-0-0-1.eu.internal",
    ],
    [
      { kind: "PersistentVolumeClaim", name: "data-0" },
      "kubectl -n shop describe persistentvolumeclaim data-0",
    ],
    [{ name: "web; rm -rf /" }, undefined],
    [{ name: "web\nrm" }, undefined],
    [{ name: "-web" }, undefined],
    [{ name: "Web" }, undefined],
    [{ name: "" }, "kubectl -n shop get event web-1.18a3f0c2d4e5b6a7 -o yaml"],
    [{ name: "a".repeat(254) }, undefined],
    [{ namespace: "$(id)" }, undefined],
    [{ namespace: "a.b" }, undefined],
    [{ kind: "Pod --all" }, undefined],
    [{ kind: "" }, undefined],
  ])("names only what is safe to paste: %j", (object, expected) => {
    expect(commandFor(object)).toBe(expected);
  });

  it("is about the worst object", () => {
    const objects = [makeObject({ name: "a" }), makeObject({ name: "b", occurrences: 9 })];
    expect(at(makeNotification({ alerts: [makeAlert({ objects })] })).command).toContain("pod b");
  });

  it("is left out when nothing is wrong any more", () => {
    expect(at(makeNotification({ status: "resolved", kind: "resolved" })).command).toBeUndefined();
  });

  describe("with a known cause", () => {
    const commandWith = (
      evidence: Partial<NotifiedEvidence>,
      more: Partial<NotifiedAlert> = {},
    ): string | undefined =>
      at(makeNotification({ alerts: [makeAlert({ ...more, evidence: makeEvidence(evidence) })] })).command;
    const rollout = { at: "2026-06-01T10:00:00Z", what: "rollout" as const, text: "rollout" };

    it("reads the log of the run that crashed", () => {
      expect(commandWith({})).toBe("kubectl -n shop logs web-1 -c app --previous");
    });

    it("shows the rollouts of the Deployment when one came before", () => {
      expect(commandWith({ containers: [], changes: [rollout] })).toBe(
        "kubectl -n shop rollout history deployment/web",
      );
      expect(commandWith({ containers: [], workload: null, changes: [rollout] })).toContain(
        "describe pod web-1",
      );
    });

    it("names no object that is gone", () => {
      const gone = [{ name: "gone" as const, value: "", object: "Pod/web-1" }];
      const objects = [makeObject({ name: "web-1", occurrences: 9 }), makeObject({ name: "web-2" })];
      expect(commandWith({ facts: gone }, { objects })).toBe("kubectl -n shop describe pod web-2");
      expect(commandWith({ facts: gone }, { objects: objects.slice(0, 1) })).toBeUndefined();
    });

    it("takes no name of a container or workload that could be more than a name", () => {
      const containers = makeEvidence().containers.map((each) => ({ ...each, name: "app; reboot" }));
      const objects = [makeObject({ name: "web-1", container: "" })];
      expect(commandWith({ containers }, { objects })).toBe("kubectl -n shop describe pod web-1");
      const workload = {
        object: "Deployment/$(reboot)",
        ready: 0,
        desired: 1,
        updated: 1,
        revision: "",
        text: "",
      };
      expect(commandWith({ containers: [], workload, changes: [rollout] })).toContain("describe pod");
    });
  });

  it("names the API group of a kind that is not of Kubernetes itself", () => {
    const involvedObject = {
      ...makeWireEvent().involvedObject,
      kind: "Node",
      apiVersion: "longhorn.io/v1beta2",
    };
    const alert = makeAlert({
      objects: [makeObject({ kind: "Node", namespace: "", name: "w1" })],
      event: makeWireEvent({ involvedObject }),
    });
    expect(at(makeNotification({ alerts: [alert] })).command).toBe("kubectl describe node.longhorn.io w1");
  });
});

describe("the places", () => {
  it("are at most ten, the worst first, the rest a number", () => {
    const objects = Array.from({ length: 14 }, (_, index) =>
      makeObject({ name: `web-${index}`, occurrences: index + 1 }),
    );
    const { places } = at(makeNotification({ alerts: [makeAlert({ objects, objectsOmitted: 7 })] }));
    expect(places.shown).toHaveLength(10);
    expect(places.shown[0]).toEqual({
      mark: "",
      name: "Pod shop/web-13 (app)",
      extent: "14 times",
      cause: "",
    });
    expect(places.omitted).toBe(11);
  });

  it("are left out when the title names the only object", () => {
    const node = makeObject({ kind: "Node", namespace: "", name: "node-3", container: "" });
    const { places } = at(
      makeNotification({ title: "Node is not ready: node-3", alerts: [makeAlert({ objects: [node] })] }),
    );
    expect(places.shown).toEqual([]);
  });

  it("are the alerts when there are several, told apart by what differs", () => {
    const other = makeAlert({
      rule: "other",
      severity: "critical",
      title: "Something else",
      status: "resolved",
      endsAt: "2026-06-01T10:08:00.000Z",
      resolvedBy: { how: "healthy", reason: "" },
    });
    expect(at(makeNotification({ alerts: [makeAlert(), other], alertsOmitted: 2 })).places).toEqual({
      shown: [
        {
          mark: "warning",
          name: "Image cannot be pulled: Deployment/web",
          extent: "57 times on 3 pods",
          cause: "",
        },
        { mark: "over after 8 min", name: "Something else", extent: "57 times on 3 pods", cause: "" },
      ],
      omitted: 2,
    });
  });

  it("say how long each alert of a digest lasts, and how the others ended", () => {
    const [fire, seen] = [makeAlert(), makeWireEvent({ lastSeen: "2026-06-01T10:00:00Z" })];
    const alerts = [
      fire,
      { ...fire, startsAt: "2026-06-01T10:06:00.000Z" },
      makeResolvedAlert({ how: "deleted", reason: "" }),
      makeResolvedAlert({ how: "quiet", reason: "" }, { event: seen }),
    ];
    const { places } = at(makeNotification({ kind: "digest", trigger: "storm", alerts }));
    expect(places.shown.map(({ mark, extent }) => `${mark}|${extent}`)).toEqual([
      "|57 times on 3 pods for 8 min",
      "|57 times on 3 pods for 2 min",
      "gone after 25 min|57 times on 3 pods",
      "no longer seen|57 times on 3 pods",
    ]);
  });
});

describe("the evidence and the text", () => {
  const older = makeAlert({ event: makeWireEvent({ message: "old", lastSeen: "2026-06-01T10:01:00Z" }) });

  it("show the answer of the registry, although a newer message says less", () => {
    const told = 'Failed to pull image "web:2": not found';
    const alert = makeAlert({
      objects: [makeObject({ message: told })],
      event: makeWireEvent({ message: "Error: ImagePullBackOff" }),
    });
    expect(at(makeNotification({ alerts: [alert] })).evidence).toBe(told);
  });

  it("show in a digest the message of the alert that its title names", () => {
    const digest = makeNotification({
      kind: "digest",
      trigger: "storm",
      alerts: [{ ...older, objects: [] }, makeAlert()],
    });
    expect(at(digest).evidence).toBe("old");
    expect(at({ ...digest, kind: "firing" }).evidence).toBe(makeAlert().event.message);
  });

  it("show of a container that was started again how it ended, where the cause does not", () => {
    const event = makeWireEvent({ reason: "Started", message: "Container started" });
    const evidence = makeEvidence();
    const [{ text } = { text: "" }] = evidence.containers;
    const killed = makeAlert({ event, evidence });
    const one = at(makeNotification({ alerts: [killed] }));
    expect([one.cause.includes(text), one.evidence]).toEqual([true, ""]);
    const other = makeAlert({ event: makeWireEvent({ lastSeen: "2026-06-01T09:00:00Z" }) });
    const several = at(makeNotification({ alerts: [killed, other] }));
    expect([several.cause, several.evidence]).toEqual(["", text]);
    expect(at(makeNotification({ alerts: [makeAlert({ event, objects: [] })] })).evidence).toBe(
      "Container started",
    );
  });

  it("show the newest message", () => {
    expect(at(makeNotification({ alerts: [older, makeAlert()] })).evidence).toContain("Back-off");
  });

  it("show no old message at the end, unless nobody has seen it yet", () => {
    const end = makeNotification({ status: "resolved", kind: "resolved", trigger: "all-resolved" });
    expect(at(end).evidence).toBe("");
    expect(at({ ...end, trigger: "cleared-before-delivery" }).evidence).toContain("Back-off");
  });

  const end = {
    kind: "resolved",
    status: "resolved",
    trigger: "all-resolved",
    alerts: [makeResolvedAlert({ how: "event", reason: "Pulled" })],
  } as const;

  it.each<[string, Partial<Notification>]>([
    ["the event's message", {}],
    [
      "the alerts that the places show",
      { text: builtInText("- a (57 times)"), alerts: [makeAlert(), older] },
    ],
    ["how it ended", { ...end, text: builtInText("Ended after 25 min: Pulled seen.") }],
  ])("do not say twice %s", (_, notification) => {
    expect(at(makeNotification(notification)).text).toBe("");
  });

  it.each<[string, Partial<Notification>]>([
    ["of one alert", {}],
    ["of several alerts", { alerts: [makeAlert(), older] }],
    ["of an end", end],
    ["of a digest", { kind: "digest", trigger: "storm" }],
    ["of a test", { test: true, trigger: "test" }],
  ])("keep what a rule or a sink says %s, whatever its words are", (_, notification) => {
    for (const words of [
      "Look at the registry.",
      "Ended after an hour?",
      "- Image (1)",
      makeAlert().event.message,
    ]) {
      expect(at(makeNotification({ ...notification, text: ownText(words) })).text).toBe(words);
    }
  });

  it.each<[string, Partial<Notification>]>([
    ["a digest", { kind: "digest", trigger: "storm", alerts: [makeAlert(), older] }],
    ["a test", { test: true, trigger: "test" }],
    ["news of Tocsin itself", { trigger: "self" }],
  ])("say what nothing else says of %s", (_, notification) => {
    expect(at(makeNotification({ ...notification, text: builtInText("14 alerts") })).text).toBe("14 alerts");
  });

  it("never leave out a note, also of an end", () => {
    const note = "Sent here because chat refused it.";
    const shown = at(makeNotification({ ...end, text: { ...builtInText("Ended."), note } }));
    expect([shown.text, shown.note]).toEqual(["", note]);
  });
});

describe("the reasons for reading", () => {
  it.each([
    [{}, ["rule image-pull-failing", "BackOff from kubelet", "prod-eu1", "route default"]],
    [{ route: "rule:image-pull-failing" }, ["rule image-pull-failing", "BackOff from kubelet", "prod-eu1"]],
    [
      { suppressed: { inhibition: 12, silence: 0, mute: 3 } },
      [
        "rule image-pull-failing",
        "BackOff from kubelet",
        "prod-eu1",
        "route default",
        "12 held back by inhibition, 3 by mute",
      ],
    ],
    [
      { alerts: [makeAlert(), makeAlert({ rule: "b" })] },
      ["rules image-pull-failing, b", "BackOff from kubelet", "prod-eu1", "route default"],
    ],
    [
      { trigger: "unmuted" as const },
      ["rule image-pull-failing", "BackOff from kubelet", "prod-eu1", "route default", "muted until now"],
    ],
    [
      { trigger: "silence-ended" as const },
      ["rule image-pull-failing", "BackOff from kubelet", "prod-eu1", "route default", "silenced until now"],
    ],
    [{ test: true, text: ownText("hello") }, ["sink ops", "sent by tocsin send-test", "prod-eu1"]],
    [{ test: true, text: builtInText("Sent by tocsin send-test.") }, ["sink ops", "prod-eu1"]],
    [{ trigger: "self" as const }, ["tocsin itself", "prod-eu1"]],
  ] satisfies [Partial<Notification>, string[]][])(
    "are rule, reason, cluster, route and what was held back: %#",
    (overrides, why) => {
      expect(at(makeNotification(overrides)).why).toEqual(why);
    },
  );
});

describe("the cause", () => {
  const WAY = "exit 137 OOMKilled after 15 s, limit 40Mi, 3 restarts";
  const causesOf = (shown: Presentation): readonly string[] => shown.places.shown.map(({ cause }) => cause);
  const pods = [makeObject({ name: "web-1" }), makeObject({ name: "web-2" })];

  it("is one line under the facts, and none of an end", () => {
    const evidence = makeEvidence();
    expect(at(makeNotification({ alerts: [makeAlert({ evidence })] })).cause).toBe(evidence.summary);
    const end = makeNotification({ status: "resolved", kind: "resolved", alerts: [makeAlert({ evidence })] });
    expect(at(end).cause).toBe("");
    expect(at(makeNotification()).cause).toBe("");
  });

  it("stands beside an object whose own is not the one of the message", () => {
    const [container] = makeEvidence().containers;
    if (container === undefined) throw new Error("a container is needed");
    const other = { ...container, object: "Pod/web-2", text: "exit 1 after < 1 s" };
    const evidence = makeEvidence({ summary: WAY, containers: [container, other] });
    const shown = at(makeNotification({ alerts: [makeAlert({ objects: pods, evidence })] }));
    expect(causesOf(shown)).toEqual(["", "exit 1 after < 1 s"]);
  });

  it("stands beside each alert when they differ", () => {
    const alerts = [
      makeAlert({ fingerprint: "a", evidence: makeEvidence({ summary: "exit 1" }) }),
      makeAlert({ fingerprint: "b", evidence: makeEvidence({ summary: "exit 2" }) }),
      makeAlert({ fingerprint: "c" }),
    ];
    const shown = at(makeNotification({ alerts }));
    expect([shown.cause, ...causesOf(shown)]).toEqual(["", "exit 1", "exit 2", ""]);
  });
});

describe("foreign text", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("becomes bounded text without control characters: %s", (_, text) => {
    const { cause, facts, headline, places, evidence, why, cluster } = at(makeNotificationOf(text));
    const lines = [
      headline,
      cluster,
      cause,
      ...why,
      ...places.shown.flatMap((place) => [place.name, place.cause]),
      ...facts.filter((word) => typeof word === "string"),
    ];
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(500);
    expect(evidence.length).toBeLessThanOrEqual(3000);
    expect([...lines, evidence].every((line) => line.isWellFormed())).toBe(true);
  });
});

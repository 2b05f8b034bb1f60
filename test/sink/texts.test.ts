import { describe, expect, it } from "vitest";

import type { Template } from "../../src/expression/index.ts";
import { createTextEnvironment, withTexts } from "../../src/sink/texts.ts";
import {
  builtInText,
  makeAlert,
  makeEvidence,
  makeNotification,
  NOTIFICATIONS,
  ownText,
} from "../support/notifications.ts";

const NOW = Date.parse("2026-06-01T10:05:00Z");

function template(source: string): Template {
  const { value, faults } = createTextEnvironment().template(source);
  if (value === undefined) throw new Error(faults.map(({ message }) => message).join("; "));
  return value;
}

function render(title: string, notification = makeNotification()): string {
  const failures: unknown[] = [];
  const use = { now: NOW, onFailure: (_: string, error: unknown) => failures.push(error) };
  const { title: rendered } = withTexts(
    notification,
    { title: template(title), text: undefined, logs: true },
    use,
  );
  expect(failures).toEqual([]);
  return rendered;
}

describe("withTexts", () => {
  it.each([
    { source: "[{{ cluster }}] {{ severity.upper() }}", expected: "[prod-eu1] WARNING" },
    { source: "{{ occurrences }} times, {{ size(alerts) }} alert", expected: "57 times, 1 alert" },
    { source: "{{ alert.rule }}: {{ alert.labels.team }}", expected: "image-pull-failing: shop" },
    { source: "{{ event.involvedObject.name }} on {{ event.source.host }}", expected: "web-1 on node-1" },
    {
      source: "{{ group.labels['rule'] }} {{ kind }} {{ test }}",
      expected: "image-pull-failing firing false",
    },
    { source: "since {{ startsAt }}", expected: "since 2026-06-01T10:00:00.000Z" },
    { source: "{{ links.runbook }}|{{ links.dashboard }}", expected: "https://runbooks.example/image-pull|" },
    { source: "[{{ alert.evidence.summary }}]{{ alert.evidence.containers.size() }}", expected: "[]0" },
    { source: "{{ alert.resolvedBy.reason }}{{ endsAt == null ? 'open' : 'over' }}", expected: "open" },
  ])("fills $source", ({ source, expected }) => {
    expect(render(source)).toBe(expected);
  });

  it.each(Object.entries(NOTIFICATIONS))("renders every kind: %s", (_, notification) => {
    expect(render("{{ title }}{{ event.related.name }}", notification)).toBe(notification.title);
  });

  it("puts hostile text in as text", () => {
    expect(render("x {{ text }}", makeNotification({ text: ownText("{{ 7*7 }}") }))).toBe("x {{ 7*7 }}");
  });

  it("keeps the note beside the sink's own text, whatever that says of the old one", () => {
    const text = { ...builtInText("it broke"), note: "Sent here because ops refused it." };
    const use = { now: NOW, onFailure: () => undefined };
    const own = (source: string) =>
      withTexts(makeNotification({ text }), { title: undefined, text: template(source), logs: true }, use)
        .text;
    expect(own("[{{ text }}]")).toEqual({ own: "[it broke]", builtIn: "", note: text.note });
    expect(own("{{ alert.labels.team == 'pay' ? 'pay' : '' }}")).toEqual({
      own: "",
      builtIn: "",
      note: text.note,
    });
  });

  it("is the notification itself for a sink without texts", () => {
    const notification = makeNotification();
    const use = { now: NOW, onFailure: () => undefined };
    expect(withTexts(notification, { title: undefined, text: undefined, logs: true }, use)).toBe(
      notification,
    );
  });

  it("is without lines of logs for a sink that wants none", () => {
    const logs = [{ object: "Pod/web-1", container: "app", lines: ["panic: boom"] }];
    const notification = makeNotification({ alerts: [makeAlert({ evidence: { ...makeEvidence(), logs } })] });
    const without = makeNotification({ alerts: [makeAlert({ evidence: makeEvidence() })] });
    const use = { now: NOW, onFailure: () => undefined };
    const texts = { title: undefined, text: undefined };
    expect(withTexts(notification, { ...texts, logs: true }, use)).toEqual(notification);
    expect(withTexts(notification, { ...texts, logs: false }, use)).toEqual(without);
  });

  it("falls back to the built-in text where a template fails, and says so", () => {
    const failed: string[] = [];
    const own = { title: template("{{ alert.labels.nosuch }}"), text: template("own {{ sink }}") };
    const texts = { ...own, logs: true };
    const notification = makeNotification();
    const result = withTexts(notification, texts, { now: NOW, onFailure: (option) => failed.push(option) });
    expect(result).toEqual({ ...notification, text: ownText("own ops") });
    expect(failed).toEqual(["title"]);
  });
});

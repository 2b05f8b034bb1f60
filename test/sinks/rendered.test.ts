import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { Notification } from "../../src/alert/index.ts";
import { parseSink, previewOf } from "../../src/sink/index.ts";
import { loadSinkTypes } from "../../src/sinks/index.ts";
import { DIGESTS } from "../sink/present/digest-stories.ts";
import { STORIES, toldAt } from "../sink/present/stories.ts";

const SINK_TYPES = await loadSinkTypes();

const url = "https://chat.example/hook";

/** The options of each sink that tells alerts, by the beginning of its files in `rendered/`; `file` writes the native body as well. */
const SINKS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "alertmanager/": { urls: ["http://am"] },
  "dingtalk/": { url },
  "discord/": { url },
  "email/": { host: "mail.example", from: "t@example.com", to: ["ops@example.com"] },
  "feishu/": { url },
  "googlechat/": { url },
  "mattermost/": { url },
  "ntfy/": { url, topic: "alerts" },
  "opsgenie/": { key: { env: "KEY" } },
  "pagerduty/": { routingKey: { env: "KEY" } },
  "pushover/": { token: { env: "TOKEN" }, user: { env: "USER" } },
  "rocketchat/": { url },
  "slack/": { url },
  "stdout/": {},
  "teams/": { url },
  "telegram/": { token: { env: "TOKEN" }, chat: -100 },
  "webex/": { token: { env: "TOKEN" }, room: "Y2lzY29zcGFyazovL3VzL1JPT00vMQ" },
  "webhook/alertmanager-": { url, format: "alertmanager" },
  "webhook/native-": { url },
  "wecom/": { url },
};

const typeOf = (prefix: string): string => prefix.slice(0, prefix.indexOf("/"));

/** Only mail has digests at set times. */
function storiesOf(prefix: string): Readonly<Record<string, Notification>> {
  return typeOf(prefix) === "email" ? { ...STORIES, ...DIGESTS.mail } : STORIES;
}

describe.each(Object.entries(SINKS))("%s", (prefix, options) => {
  const type = typeOf(prefix);
  const suffix = type === "email" || type === "stdout" ? "txt" : "json";

  it.each(Object.entries(storiesOf(prefix)))("reads as reviewed: %s", async (name, told) => {
    const { sink, faults } = parseSink({ name: "ops", type, ...options }, SINK_TYPES);
    if (sink === undefined) throw new Error(JSON.stringify(faults));
    const look = { now: toldAt(told), colour: false, onFailure: () => undefined };
    const body = previewOf(sink, told, look).trimEnd();
    await expect(`${body}\n`).toMatchFileSnapshot(`rendered/${prefix}${name}.${suffix}`);
  });
});

it("every sink that tells alerts is here, with a message of each kind, and nothing else", () => {
  const telling = SINK_TYPES.filter(({ takes, type }) => takes.includes("alerts") && type !== "file");
  expect([...new Set(Object.keys(SINKS).map(typeOf))].toSorted()).toEqual(
    telling.map(({ type }) => type).toSorted(),
  );
  expect(new Set(Object.values(STORIES).map(({ kind }) => kind))).toEqual(
    new Set(["firing", "update", "repeat", "resolved", "digest"]),
  );
  const rendered = readdirSync("test/sinks/rendered", { recursive: true, encoding: "utf8" });
  const known = new Set(
    Object.keys(SINKS).flatMap((prefix) => Object.keys(storiesOf(prefix)).map((name) => prefix + name)),
  );
  const files = rendered.filter((file) => file.includes("."));
  expect(files.filter((file) => !known.has(file.replace(/\.\w+$/u, "")))).toEqual([]);
});

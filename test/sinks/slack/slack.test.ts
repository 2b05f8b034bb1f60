import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Notification } from "../../../src/alert/index.ts";
import { present } from "../../../src/sink/present/index.ts";
import { toPayload, toPlainPayload } from "../../../src/sinks/slack/payload.ts";
import { slack } from "../../../src/sinks/slack/slack.ts";
import { STORIES } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { validateSlackPayload } from "../../support/block-kit.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { startReceiver } from "../../support/fake-receiver.ts";
import {
  makeAlert,
  makeNotification,
  makeNotificationOf,
  makeObject,
  NOTIFICATIONS,
} from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";

const startSlack = () => startReceiver({ status: 200, body: "ok" });

describeSink(slack, {
  receiver: startSlack,
  options: ({ url }, secret) => ({ url: `${url}/services/${secret}` }),
  check: (body) => {
    expect(validateSlackPayload(JSON.parse(body))).toEqual([]);
    expect(body.replaceAll(/<!date\^[^>]*>/gu, "")).not.toMatch(/<[!@#]/u);
  },
});

describe("the answers of Slack", () => {
  it.each([
    { status: 400, body: "user_not_found", failure: "not-found", class: "broken" },
    { status: 403, body: "action_prohibited", failure: "unauthorized", class: "broken" },
    { status: 403, body: "posting_to_general_channel_denied", failure: "unauthorized", class: "broken" },
    { status: 403, body: "invalid_token", failure: "unauthorized", class: "broken" },
    { status: 404, body: "channel_not_found", failure: "not-found", class: "broken" },
    { status: 404, body: "no_service", failure: "not-found", class: "broken" },
    { status: 404, body: "no_team", failure: "not-found", class: "broken" },
    { status: 404, body: "team_disabled", failure: "not-found", class: "broken" },
    { status: 410, body: "channel_is_archived", failure: "gone", class: "broken" },
    { status: 429, body: "rate_limited", failure: "rate-limited", class: "transient" },
    { status: 500, body: "rollup_error", failure: "server", class: "transient" },
    { status: 400, body: "a_word_of_tomorrow", failure: "rejected", class: "poison" },
    { status: 502, body: "<html>bad gateway</html>", failure: "server", class: "transient" },
  ])("takes $status $body as $class", async ({ status, body, ...expected }) => {
    await using receiver = await startSlack();
    receiver.answer({ status, body });
    const { sink } = makeSink(slack, { url: receiver.url });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject(expected);
    expect(failure.message).toContain(`slack answered ${status}`);
  });

  it("S5: says what to do when the webhook was revoked, and posts no second time", async () => {
    await using receiver = await startSlack();
    receiver.answer({ status: 404, body: "no_service" });
    const { sink } = makeSink(slack, { url: receiver.url });
    const { message } = await failureOfSending(sink);
    await sink.close();
    expect(message).toBe("slack answered 404 no_service: the webhook was revoked; create a new webhook URL");
    expect(receiver.requests).toHaveLength(1);
  });

  it("S6: hands on how long a webhook is to wait", async () => {
    await using receiver = await startSlack();
    receiver.answer({ status: 429, body: "rate_limited", headers: { "retry-after": "7" } });
    const { sink } = makeSink(slack, { url: receiver.url });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ class: "transient", failure: "rate-limited", retryAfterMs: 7000 });
  });

  it("S10: posts no second time when the connection breaks after the 200", async () => {
    await using receiver = await startSlack();
    receiver.answer("cut after 200");
    const { sink } = makeSink(slack, { url: receiver.url });
    await sendOnce(sink);
    await sink.close();
    expect(receiver.requests).toHaveLength(1);
  });

  it("S3: takes 200 with a word other than ok as a refusal", async () => {
    await using receiver = await startSlack();
    receiver.answer({ status: 200, body: "no_text" });
    const { sink } = makeSink(slack, { url: receiver.url });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ class: "poison", message: "slack answered 200 no_text" });
  });
});

describe("the answers of receivers that are compatible with Slack", () => {
  async function answered(answer: { status?: number; body: string; headers?: Record<string, string> }) {
    const receiver = await startSlack();
    receiver.answer({ status: 200, ...answer });
    const { sink, log } = makeSink(slack, { url: `${receiver.url}/services/T0123456/abcdefgh` });
    const thrown: unknown = await sendOnce(sink).catch((error: unknown) => error);
    await sink.close();
    await receiver.close();
    return { thrown, log: log.join(""), posts: receiver.requests.length };
  }

  it.each([
    ["Slack", { body: "ok" }],
    ["a workflow of Slack", { body: "" }],
    ["Slack, as its Web API answers", { body: '{"ok":true}' }],
    ["Rocket.Chat", { body: '{"success":true}' }],
    ["Zulip", { body: '{"result":"success","msg":"","id":42}' }],
    ["Power Automate", { status: 202, body: "" }],
    ["capital letters", { body: "OK\n" }],
  ])("mean yes: %s", async (_, answer) => {
    const { thrown, log, posts } = await answered(answer);
    expect(thrown).toBeUndefined();
    expect(posts).toBe(1);
    expect(log).toBe("");
  });

  it.each([
    { body: "Thanks for your message!" },
    { body: "accepted" },
    { body: '{"id":7}' },
    { body: '{"ok":tr' },
  ])("that say neither yes nor no are an acceptance, with a line in the log: $body", async (answer) => {
    const { thrown, log, posts } = await answered(answer);
    expect(thrown).toBeUndefined();
    expect(posts).toBe(1);
    expect(log).toContain("accepted the message without ok");
  });

  it.each([
    ['{"ok":false,"error":"invalid_auth"}', "invalid_auth: create a new webhook URL"],
    ['{"ok":false,"error":"channel_not_found"}', "channel_not_found: the channel is gone"],
    [
      "<!DOCTYPE html><html><head><title>Sign in</title></head></html>",
      "an HTML page, “Sign in”: something else answers",
    ],
    ["<html><body>", "an HTML page: something else answers"],
  ])("that refuse everything are named, and nothing is posted twice: %s", async (body, words) => {
    const { thrown, posts } = await answered({ body });
    expect(thrown).toMatchObject({ class: "broken", message: expect.stringContaining(words) });
    expect(posts).toBe(1);
  });

  it("name a webhook that is switched off as broken", async () => {
    const { thrown, posts } = await answered({ status: 400, body: "no_active_hooks" });
    expect(thrown).toMatchObject({ class: "broken", message: expect.stringContaining("switched off") });
    expect(posts).toBe(1);
  });

  it.each([
    [200, '{"success":false,"error":"Invalid message"}', "slack answered 200: "],
    [400, '{"result":"error","msg":"Unknown stream"}', "slack answered 400: "],
    [400, "constructor", "slack answered 400: constructor"],
  ])("of one message with %s %s say why", async (status, body, words) => {
    const { thrown, posts } = await answered({ status, body });
    expect(thrown).toMatchObject({ class: "poison", message: expect.stringContaining(words) });
    expect(String(thrown)).toContain(body);
    expect(posts).toBe(2);
  });

  it("show no part of the address that they repeat", async () => {
    const { thrown } = await answered({ status: 404, body: "Cannot POST /services/T0123456/abcdefgh" });
    expect(thrown).toMatchObject({ class: "broken" });
    expect(String(thrown)).toContain("Cannot POST");
    expect(String(thrown)).not.toMatch(/T0123456|abcdefgh/u);
  });
});

describe("a message that Slack cannot read", () => {
  it("S4: is sent once more as plain text", async () => {
    await using receiver = await startSlack();
    receiver.script({ status: 400, body: "invalid_blocks" });
    const { sink, log } = makeSink(slack, { url: receiver.url });
    await sendOnce(sink, STORIES["firing"]);
    await sink.close();
    const [first, second, ...others] = receiver.bodies().map((body): unknown => JSON.parse(body));
    expect(first).toHaveProperty("attachments");
    expect(second).not.toHaveProperty("attachments");
    expect(second).toHaveProperty("text", expect.stringContaining("Back-off pulling image"));
    expect(validateSlackPayload(second)).toEqual([]);
    expect(others).toEqual([]);
    expect(log.join("")).toContain("slack answered 400 invalid_blocks");
  });

  it("S4: is given up when the plain text is refused as well", async () => {
    await using receiver = await startSlack();
    receiver.answer({ status: 400, body: "invalid_payload" });
    const { sink } = makeSink(slack, { url: receiver.url });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure.class).toBe("poison");
    expect(receiver.requests).toHaveLength(2);
  });

  it("is tried again later when the second post fails for another reason", async () => {
    await using receiver = await startSlack();
    receiver.script({ status: 400, body: "invalid_blocks" }, { status: 503 });
    const { sink } = makeSink(slack, { url: receiver.url });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure.class).toBe("transient");
  });
});

describe("mentions", () => {
  const options = {
    url: "https://hooks.slack.com/x",
    mentions: { critical: ["<!subteam^S012AB3CD>", "<@U012AB3CD>"] },
  };

  async function textOf(notification: Notification): Promise<string> {
    await using receiver = await startSlack();
    const { sink } = makeSink(slack, { ...options, url: receiver.url });
    await sendOnce(sink, notification);
    await sink.close();
    const [body = ""] = receiver.bodies();
    expect(validateSlackPayload(JSON.parse(body))).toEqual([]);
    // Checked by the line above.
    return (JSON.parse(body) as { text: string }).text;
  }

  it("call people when something of their severity fires", async () => {
    expect(await textOf(makeNotification({ severity: "critical" }))).toMatch(
      / <!subteam\^S012AB3CD> <@U012AB3CD>$/u,
    );
  });

  it.each([
    ["another severity", makeNotification({ severity: "warning" })],
    ["an end", makeNotification({ severity: "critical", kind: "resolved", status: "resolved" })],
    ["a test", makeNotification({ severity: "critical", test: true, trigger: "test" })],
  ])("call nobody for %s", async (_, notification) => {
    expect(await textOf(notification)).not.toMatch(/<[!@]/u);
  });

  it.each([
    "@ops",
    "S012AB3CD",
    "<!subteam^S012|@ops>",
    "<https://evil.example|x>",
    "<!channel> hi",
    "{{ event.message }}",
  ])("are refused at load unless they are one token: %s", (mention) => {
    expect(() => makeSink(slack, { ...options, mentions: { critical: [mention] } })).toThrow("not a mention");
  });
});

describe("options", () => {
  it.each([
    ["a severity that is none", { mentions: { critcal: ["<!here>"] } }, 'did you mean "critical"?'],
    ["one mention without a list", { mentions: { critical: "<!here>" } }, "expected a list of mentions"],
    ["two ways at once", { token: "xoxb-1", channel: "#ops" }, "url and token exclude each other"],
  ])("refuse %s", (_, wrong, message) => {
    expect(() => makeSink(slack, { url: "https://hooks.slack.com/x", ...wrong })).toThrow(message);
  });
});

describe("the payload", () => {
  it("S2: has the mention of an Event as text in each of its parts", () => {
    const payload = toPayload(present(makeNotificationOf("<!channel> & <@U1>"), 0), [], 0);
    const [{ fallback = "", blocks = [] } = {}] = payload.attachments ?? [];
    for (const part of [payload.text, fallback, JSON.stringify(blocks)]) {
      expect(part).toContain("&lt;!channel&gt; &amp; &lt;@U1&gt;");
      expect(part).not.toMatch(/<(?!!date\^)[!@]/u);
    }
  });

  it("S7: has keys of Slack alone", () => {
    const { text, attachments, ...inert } = toPayload(present(makeNotification(), 0), [], 0);
    expect([text, attachments?.length]).toEqual([expect.stringContaining("Image"), 1]);
    expect(inert).toEqual({ link_names: false, unfurl_links: false, unfurl_media: false, parse: "none" });
  });

  it("S11: has none of the older keys beside the blocks of an attachment", () => {
    const { attachments = [] } = toPayload(present(makeNotification(), 0), [], 0);
    expect(attachments.map((attachment) => Object.keys(attachment).toSorted())).toEqual([
      ["blocks", "color", "fallback"],
    ]);
  });

  it("leaves out a link that Slack would refuse or that shows another host than it opens", () => {
    const links = {
      runbook: "/relative",
      dashboard: "javascript:alert(1)",
      silence: null,
      alert: "https://a@b.example/",
    };
    const payload = JSON.stringify(toPayload(present(makeNotification({ links }), 0), [], 0));
    expect(payload).not.toMatch(/relative|javascript|b\.example/u);
  });

  it("keeps a link whole whose address holds what ends a link", () => {
    const links = { ...makeNotification().links, runbook: "https://a.example/x|y>z <!channel>" };
    const payload = toPayload(present(makeNotification({ links }), 0), [], 0);
    expect(validateSlackPayload(payload)).toEqual([]);
    expect(JSON.stringify(payload)).toContain("https://a.example/x%7Cy%3Ez%20%3C!channel%3E|Runbook");
  });

  it("S1: stays within every limit whatever an Event says", () => {
    const parts = fc.oneof(
      anyString(400),
      fc.constantFrom(
        "<!channel>",
        "&",
        "`",
        "```",
        "*",
        "🔥",
        "שלום",
        "\ud83d",
        "\u0000",
        "\n",
        "|",
        ">",
        "<@U1>",
      ),
    );
    const text = fc
      .tuple(fc.array(parts, { maxLength: 12 }), fc.constantFrom(1, 1, 1, 200, 20_000))
      .map(([words, times]) => words.join("").repeat(times).slice(0, 1_000_000));
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom(...Object.values(NOTIFICATIONS)),
        fc.nat(120),
        (a, b, base, count) => {
          const hostile = makeNotificationOf(a);
          const alert = {
            ...(hostile.alerts[0] ?? makeAlert()),
            objects: Array.from({ length: count }, () =>
              makeObject({ kind: b, name: a, namespace: b, container: a }),
            ),
          };
          const notification = {
            ...base,
            title: a,
            text: { own: b, builtIn: "", note: a },
            cluster: b,
            route: a,
            suppressed: { [a]: 3, [b]: 4 },
            alerts: Array.from({ length: 1 + (count % 3) }, () => alert),
            links: {
              runbook: `https://x.example/${a.slice(0, 2000)}`,
              dashboard: b,
              silence: a,
              alert: null,
            },
          };
          const shown = present(notification, 0);
          expect(validateSlackPayload(toPayload(shown, [], 0))).toEqual([]);
          expect(validateSlackPayload(toPlainPayload(shown, [], 0))).toEqual([]);
        },
      ),
      { numRuns: rounds(60) },
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseSink } from "../../../src/sink/index.ts";
import { API_WORDS } from "../../../src/sinks/slack/api-words.ts";
import { slack } from "../../../src/sinks/slack/slack.ts";
import { anyString } from "../../support/any-string.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink } from "../../support/describe-sink.ts";
import { makeAlert, makeNotification, makeNotificationOf } from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { startFakeSlack } from "../../vendors/slack.ts";
import { SLACK_WORDS } from "../../vendors/slack/words.ts";
import { BotBed, STORY } from "./bot-bed.ts";

describeSink(slack, {
  receiver: () => startFakeSlack(),
  options: ({ url }, secret) => ({ token: secret, channel: "#ops", api: `${url}/api` }),
  addressed: (api) => ({ api }),
  authorization: (secret) => `Bearer ${secret}`,
  check: (body) => {
    expect(body.replaceAll(/<!date\^[^>]*>/gu, "")).not.toMatch(/<[!@#]/u);
    expect(JSON.parse(body)).toMatchObject({ parse: "none", link_names: false, unfurl_links: false });
  },
});

describe("the messages of a group", () => {
  it("S9: are a parent, replies, and edits of the parent until it is green", async () => {
    await using bed = await BotBed.open();
    await bed.deliver(STORY.firing);
    await bed.deliver(STORY.update);
    await bed.deliver(STORY.repeat);
    await bed.deliver(STORY.resolved);
    const methods = bed.fake.calls().map(({ method }) => method);
    expect(methods).toEqual([
      "chat.postMessage",
      "chat.postMessage",
      "chat.update",
      "chat.postMessage",
      "chat.update",
      "chat.postMessage",
      "chat.update",
    ]);
    const [parent, broadcast, ...others] = bed.fake.messages();
    expect(others).toEqual([]);
    expect(parent?.text).toMatch(/^🟢 /u);
    expect(parent?.attachments).toMatchObject([{ color: "#2eb67d" }]);
    expect(parent?.edited).toBe(true);
    expect(parent?.replies.map(({ text }) => text.slice(0, 24))).toEqual([
      expect.stringMatching(/^🔴 \*critical/u),
      broadcast?.text.slice(0, 24),
      expect.stringMatching(/^🟢 /u),
    ]);
    expect(bed.memory).toBeNull();
  });

  it("name the notification, for people and programs that see a copy", async () => {
    await using bed = await BotBed.open();
    await bed.deliver(STORY.firing);
    expect(bed.fake.messages()[0]?.metadata).toEqual({
      event_type: "tocsin_notification",
      event_payload: { id: "n-firing", group: expect.stringMatching(/^[0-9a-f]{20}$/u) },
    });
  });

  it("call people in the parent and in repeats only", async () => {
    await using bed = await BotBed.open({ mentions: { critical: ["<!here>"] } });
    const called: string[][] = [];
    for (const message of Object.values(STORY)) {
      const before = bed.fake.calls().length;
      await bed.deliver(message);
      called.push(
        bed.fake
          .calls()
          .slice(before)
          .map(({ args }) => (String(args["text"]).includes("<!here>") ? "calls" : "")),
      );
    }
    expect(called).toEqual([["calls"], ["", ""], ["calls", ""], ["", ""]]);
  });

  it("go on under a new parent when it gets worse, and both sides say so", async () => {
    await using bed = await BotBed.open();
    await bed.deliver({ ...STORY.firing, severity: "warning" });
    await bed.deliver(STORY.update);
    const [old, parent] = bed.fake.messages();
    const link = `https://example.slack.com/archives/${parent?.channel}/p${parent?.ts.replace(".", "")}`;
    expect(old?.text).toBe(`⚪ *Goes on <${link}|in a newer message>*`);
    expect(old?.replies.map(({ text }) => text)).toEqual([`Goes on in <${link}|a newer message>.`]);
    expect(parent?.text).toContain("critical");
  });

  it("stand alone without threads, and the first one is still brought to the state of now", async () => {
    await using bed = await BotBed.open({ thread: false });
    await bed.deliver(STORY.firing);
    await bed.deliver(STORY.update);
    await bed.deliver(STORY.resolved);
    const messages = bed.fake.messages();
    expect(messages).toHaveLength(3);
    expect(messages[0]?.text).toMatch(/^🟢/u);
    expect(messages[0]?.replies).toEqual([]);
  });

  it("get a check mark when it is over, if the sink may", async () => {
    await using bed = await BotBed.open({ reactions: true });
    await bed.deliver(STORY.firing);
    await bed.deliver(STORY.resolved);
    expect([...(bed.fake.messages()[0]?.reactions.keys() ?? [])]).toEqual(["white_check_mark"]);
  });

  it("are said although the check mark is refused", async () => {
    await using bed = await BotBed.open({ reactions: true }, { scopes: ["chat:write"] });
    await bed.deliver(STORY.firing);
    await bed.deliver(STORY.resolved);
    expect(bed.fake.messages()[0]?.text).toMatch(/^🟢/u);
    expect(bed.made.log.join("")).toContain("slack takes no reaction");
  });

  it("S9: begin anew when somebody has deleted the parent", async () => {
    await using bed = await BotBed.open();
    await bed.deliver(STORY.firing);
    const [parent] = bed.fake.messages();
    if (parent !== undefined) bed.fake.remove(parent);
    await bed.deliver(STORY.update);
    expect(bed.fake.messages()).toHaveLength(1);
    await bed.deliver(STORY.resolved);
    expect(bed.fake.messages()[0]?.text).toMatch(/^🟢/u);
  });

  it("end although the workspace lets nobody edit any more", async () => {
    await using bed = await BotBed.open();
    await bed.deliver(STORY.firing);
    bed.fake.closeEditsAfter(-1);
    await bed.deliver(STORY.resolved);
    expect(bed.fake.messages()[0]?.replies).toHaveLength(1);
    expect(bed.memory).toBeNull();
  });

  it("of several groups end with the title of all", async () => {
    await using bed = await BotBed.open();
    const merged = ["a", "b"].map((group) => ({ group, labels: {} }));
    await bed.deliver({ ...STORY.firing, merged, title: "2 namespaces, 9 pods: it <b>broke</b>" });
    await bed.deliver(STORY.resolved);
    expect(bed.fake.messages()[0]?.text).toContain(
      "*Resolved: 2 namespaces, 9 pods: it &lt;b&gt;broke&lt;/b&gt;*",
    );
  });
});

describe("the channel", () => {
  it("is chosen by a label out of a closed set", async () => {
    const channel = { by: "team", of: { shop: "#shop" }, else: "#ops" };
    await using bed = await BotBed.open({ channel }, { channels: [{ name: "ops" }, { name: "shop" }] });
    for (const team of ["shop", "<!channel>", "constructor"]) {
      const labels = { team };
      await bed.deliver(
        makeNotification({ id: team, group: { key: team, labels }, alerts: [makeAlert({ labels })] }),
      );
    }
    expect(bed.fake.messages("#shop")).toHaveLength(1);
    expect(bed.fake.messages("#ops")).toHaveLength(2);
  });

  it.each([
    [{ archived: true }, "gone", "#ops: slack answered 200 is_archived: the channel is archived"],
    [
      { member: false, private: true },
      "not-found",
      "#ops: slack answered 200 channel_not_found: check its name",
    ],
    [{ member: false }, "not-found", "#ops: slack answered 200 not_in_channel: invite the app"],
  ] as const)("that is %o is broken alone, and the failure names it", async (channel, failure, message) => {
    await using bed = await BotBed.open(
      {},
      { channels: [{ name: "ops", ...channel }], scopes: ["chat:write"] },
    );
    await expect(bed.attempt(STORY.firing)).rejects.toMatchObject({
      failure,
      class: "broken",
      scope: "destination",
      message: expect.stringContaining(message),
    });
  });
});

describe("the token", () => {
  it("is tried by a probe, which says whose it is", async () => {
    await using bed = await BotBed.open();
    const place = await bed.made.sink.probe?.(noDeadline());
    expect(place).toMatch(/^127\.0\.0\.1:\d+, as tocsin in Example$/u);
    bed.fake.setTokens({ bot: "xoxb-2" });
    await expect(bed.made.sink.probe?.(noDeadline())).rejects.toMatchObject({
      class: "broken",
      message: expect.stringContaining("invalid_auth"),
    });
    expect(bed.fake.bodies()).toEqual([]);
  });

  it.each([
    ["is wrong", { bot: "xoxb-2" }, ["chat:write"], "invalid_auth"],
    ["lacks a scope", {}, [], "missing_scope"],
  ])("that %s breaks the sink", async (_, tokens, scopes, word) => {
    await using bed = await BotBed.open({}, { tokens, scopes });
    await expect(bed.attempt(STORY.firing)).rejects.toMatchObject({
      class: "broken",
      scope: "sink",
      message: expect.stringContaining(word),
    });
  });

  it("that was rotated is read anew", async () => {
    const env = { TOKEN: "xoxb-1" };
    await using bed = await BotBed.open({ token: { env: "TOKEN" } }, { tokens: { bot: "xoxb-1" } }, env);
    await bed.deliver(STORY.firing);
    bed.fake.setTokens({ bot: "xoxb-2" });
    await expect(bed.attempt(STORY.update)).rejects.toMatchObject({ class: "broken" });
    env.TOKEN = "xoxb-2";
    await bed.deliver(STORY.update);
    expect(bed.fake.messages()[0]?.replies).toHaveLength(1);
  });
});

describe("an answer", () => {
  it("that is a page means that something else is at the address", async () => {
    await using bed = await BotBed.open();
    bed.fake.answer({ status: 200, body: "<!DOCTYPE html><title>Sign in</title>" });
    await expect(bed.attempt(STORY.firing)).rejects.toMatchObject({ class: "broken", scope: "sink" });
  });

  it("that is empty counts as an acceptance, without a thread", async () => {
    await using bed = await BotBed.open();
    bed.fake.answer({ status: 200, body: "" });
    await bed.deliver(STORY.firing);
    expect(bed.memory).toBeNull();
    expect(bed.made.log.join("")).toContain("accepted the message in unknown words");
  });

  it("of 429 pauses the whole token", async () => {
    await using bed = await BotBed.open();
    bed.fake.limitToken(1e9);
    await expect(bed.attempt(STORY.firing)).rejects.toMatchObject({
      failure: "rate-limited",
      scope: "sink",
      retryAfterMs: 900_000,
    });
  });

  it("that refuses what a message says gets the plain form, once", async () => {
    await using bed = await BotBed.open();
    bed.fake.fault({ word: "invalid_metadata_schema" }, "chat.postMessage");
    await bed.deliver(STORY.firing);
    expect(bed.fake.messages()).toMatchObject([{ attachments: [], metadata: undefined }]);
  });
});

describe("the words of the Web API", () => {
  it.each(Object.entries(SLACK_WORDS))("have each a class: %s", (_, words) => {
    expect(words.filter((word) => !API_WORDS.has(word))).toEqual([]);
  });

  it.each([
    [
      "broken",
      "is_inactive accesslimited access_denied no_permission team_access_not_granted org_login_required",
    ],
    [
      "broken",
      "enterprise_is_restricted token_expired invalid_auth not_authed account_inactive token_revoked",
    ],
    [
      "broken",
      "missing_scope channel_not_found not_in_channel is_archived restricted_action ekm_access_denied",
    ],
    [
      "transient",
      "update_failed external_channel_migrating ratelimited rate_limited internal_error fatal_error",
    ],
    ["transient", "service_unavailable request_timeout team_added_to_org"],
    [
      "poison",
      "invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text too_many_attachments",
    ],
    ["poison", "invalid_arguments invalid_metadata_format invalid_metadata_schema metadata_too_large"],
    ["poison", "metadata_must_be_sent_from_app"],
  ])("are %s: %s", (kind, words) => {
    for (const word of words.split(" ")) expect(API_WORDS.get(word)?.class).toBe(kind);
  });

  it.each(
    (
      "thread_not_found message_not_found cant_update_message edit_window_closed cant_broadcast_message " +
      "streaming_state_conflict block_mismatch"
    ).split(" "),
  )("lose the message of before: %s", (word) => {
    expect(API_WORDS.get(word)?.lost).toBe(true);
  });
});

describe("the options", () => {
  const faultsOf = (options: object): readonly string[] =>
    parseSink({ name: "ops", type: "slack", ...options }, [slack]).faults.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it.each([
    [{}, ": needs url (an incoming webhook), or token and channel (an app)"],
    [{ url: { env: "U" }, token: { env: "T" }, channel: "#ops" }, "token: url and token exclude each other"],
    [{ token: { env: "T" } }, "token: token needs channel: where to post"],
    [{ url: { env: "U" }, thread: false }, "thread: thread needs token: a webhook cannot do it"],
    [{ token: { env: "T" }, channel: "ops" }, "channel: "],
  ])("%o are refused with the reason", (options, fault) => {
    expect(faultsOf(options).join("\n")).toContain(fault);
  });
});

it("any notification is accepted as a parent, as a reply and as an edit", async () => {
  await using bed = await BotBed.open();
  await fc.assert(
    fc.asyncProperty(anyString(400), fc.integer({ min: 1, max: 40 }), async (text, times) => {
      const hostile = makeNotificationOf(text.repeat(times));
      bed.memory = undefined;
      await bed.deliver(hostile);
      await bed.deliver({ ...hostile, kind: "update", trigger: "new-alert" });
      await bed.deliver({ ...hostile, kind: "repeat", trigger: "repeat" });
      await bed.deliver({ ...hostile, kind: "resolved", trigger: "all-resolved", status: "resolved" });
    }),
    { numRuns: rounds(50) },
  );
  expect(bed.made.log).toEqual([]);
});

it("texts of 30 KB in five scripts, and 500 alerts, are accepted as they are", async () => {
  await using bed = await BotBed.open();
  for (const text of ["Ошибка ", "خطأ\u202E ", "错误", "त्रुटि ", "💥👩‍👩‍👧 "]) {
    const long = text.repeat(Math.ceil(30_000 / Buffer.byteLength(text)));
    await bed.deliver(makeNotificationOf(long));
  }
  const alerts = Array.from({ length: 500 }, (_, index) =>
    makeAlert({ fingerprint: `f${index}`, title: "x".repeat(300) }),
  );
  await bed.deliver(makeNotification({ alerts }));
  expect(bed.made.log).toEqual([]);
});

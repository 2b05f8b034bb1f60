import { request as httpRequest } from "node:http";

import type { KnownBlock } from "@slack/types";
import { describe, expect, it } from "vitest";

import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";
import { EMPTY_ANSWER, HTML_PAGE } from "./faults.ts";
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from "./slack.ts";
import { rateLimited } from "./slack/web-api.ts";
import { SLACK_WORDS } from "./slack/words.ts";

type Json = Readonly<Record<string, unknown>>;

const BOT = "xoxb-1-right";
const APP = "xapp-1-right";
const KIM = { id: "U0KIM", username: "kim" };

async function call(slack: FakeSlack, method: string, args: Json, token = BOT): Promise<Json> {
  const response = await fetch(`${slack.url}/api/${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(args),
  });
  // Slack answers objects.
  return (await response.json()) as Json;
}

/** A Slack with a channel of each kind, and a message in `#ops`. */
async function startWithMessage(options: FakeSlackOptions = {}) {
  const clock = new FakeClock();
  const slack = await startFakeSlack({
    channels: [
      { name: "ops", id: "C0OPS" },
      { name: "closed", archived: true },
      { name: "foreign", member: false },
      { name: "secret", member: false, private: true },
    ],
    scopes: ["chat:write", "reactions:write"],
    tokens: { bot: BOT, app: APP },
    clock,
    ...options,
  });
  const { ts } = await call(slack, "chat.postMessage", { channel: "#ops", text: "first" });
  return { slack, clock, ts: String(ts), [Symbol.asyncDispose]: () => slack.close() };
}

/** From the page of chat.postMessage, of the section block and of the actions block on docs.slack.dev. */
const PUBLISHED: readonly Json[] = [
  { channel: "C0OPS", text: "Hello world" },
  { channel: "C0OPS", text: "", attachments: [{ pretext: "pre-hello", text: "text-world" }] },
  { channel: "C0OPS", blocks: [{ type: "section", text: { type: "plain_text", text: "Hello world" } }] },
  {
    channel: "C0OPS",
    text: "A new customer record has been created.",
    metadata: {
      event_type: "task_created",
      event_payload: { id: "11223", title: "Redesign Homepage" },
    },
  },
  {
    channel: "C0OPS",
    text: "choose",
    blocks: [
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: { type: "plain_text", text: "Cancel" },
            value: "cancel",
            action_id: "button_1",
          },
          {
            type: "overflow",
            options: [
              { text: { type: "plain_text", text: "Approve" }, value: "approve" },
              { text: { type: "plain_text", text: "Deny" }, value: "deny" },
            ],
            action_id: "overflow_1",
          },
        ],
      },
    ] satisfies KnownBlock[],
  },
];

describe("a fake Slack", () => {
  it.each(PUBLISHED)("takes a published example: %j", async (example) => {
    await using bed = await startWithMessage();
    expect(await call(bed.slack, "chat.postMessage", example)).toMatchObject({ ok: true, channel: "C0OPS" });
    expect(bed.slack.messages("#ops")).toHaveLength(2);
  });

  const section = (text: unknown): Json => ({ type: "section", text: { type: "mrkdwn", text } });
  const button = (more: Json): Json => ({
    type: "actions",
    elements: [{ type: "button", text: { type: "plain_text", text: "ok" }, action_id: "a", ...more }],
  });
  it.each<[word: string, args: Json]>([
    ["channel_not_found", { channel: "#nowhere", text: "a" }],
    ["channel_not_found", { text: "a" }],
    ["channel_not_found", { channel: "#secret", text: "a" }],
    ["is_archived", { channel: "#closed", text: "a" }],
    ["not_in_channel", { channel: "#foreign", text: "a" }],
    ["no_text", { channel: "#ops" }],
    ["no_text", { channel: "#ops", text: " " }],
    ["thread_not_found", { channel: "#ops", text: "a", thread_ts: "1.000001" }],
    ["invalid_arguments", { channel: "#ops", text: "a", parse: "some" }],
    ["invalid_blocks_format", { channel: "#ops", blocks: "{" }],
    ["invalid_blocks", { channel: "#ops", blocks: [section("")] }],
    ["invalid_blocks", { channel: "#ops", blocks: [section("a".repeat(3001))] }],
    ["invalid_blocks", { channel: "#ops", blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) }],
    ["invalid_blocks", { channel: "#ops", blocks: [{ type: "sectoin" }] }],
    [
      "invalid_blocks",
      {
        channel: "#ops",
        blocks: [
          { type: "section", fields: Array.from({ length: 11 }, () => ({ type: "mrkdwn", text: "a" })) },
        ],
      },
    ],
    [
      "invalid_blocks",
      { channel: "#ops", blocks: [{ type: "header", text: { type: "mrkdwn", text: "a" } }] },
    ],
    ["invalid_blocks", { channel: "#ops", blocks: [{ type: "context", elements: [] }] }],
    [
      "invalid_blocks",
      {
        channel: "#ops",
        blocks: [
          { ...section("a"), block_id: "b" },
          { ...section("a"), block_id: "b" },
        ],
      },
    ],
    [
      "invalid_blocks",
      { channel: "#ops", blocks: [button({ text: { type: "plain_text", text: "a".repeat(76) } })] },
    ],
    ["invalid_blocks", { channel: "#ops", blocks: [button({ value: "a".repeat(2001) })] }],
    ["invalid_blocks", { channel: "#ops", blocks: [button({ url: "example.org" })] }],
    [
      "invalid_blocks",
      {
        channel: "#ops",
        blocks: [button({ confirm: { title: { type: "plain_text", text: "a".repeat(101) } } })],
      },
    ],
    ["invalid_attachments", { channel: "#ops", attachments: [{ blocks: [section("")] }] }],
    ["invalid_attachments", { channel: "#ops", attachments: [{ blocks: [section("a")], footer: "b" }] }],
    ["invalid_attachments", { channel: "#ops", text: "a", attachments: [{ text: "a", color: "redd" }] }],
    [
      "too_many_attachments",
      { channel: "#ops", attachments: Array.from({ length: 101 }, () => ({ text: "a" })) },
    ],
    [
      "msg_blocks_too_long",
      { channel: "#ops", blocks: Array.from({ length: 4 }, () => section("a".repeat(2600))) },
    ],
    ["invalid_metadata_format", { channel: "#ops", text: "a", metadata: { event_type: "a" } }],
    [
      "invalid_metadata_schema",
      { channel: "#ops", text: "a", metadata: { event_type: "a b", event_payload: {} } },
    ],
    [
      "invalid_metadata_schema",
      { channel: "#ops", text: "a", metadata: { event_type: "a", event_payload: { a: { b: { c: 1 } } } } },
    ],
    [
      "metadata_too_large",
      { channel: "#ops", text: "a", metadata: { event_type: "a", event_payload: { a: "a".repeat(8000) } } },
    ],
  ])("refuses a post with %s: %j", async (word, args) => {
    await using bed = await startWithMessage();
    expect(await call(bed.slack, "chat.postMessage", args)).toMatchObject({ ok: false, error: word });
    expect(SLACK_WORDS["chat.postMessage"]).toContain(word);
    expect(bed.slack.messages("#ops")).toHaveLength(1);
  });

  it("points to what is wrong with a block", async () => {
    await using bed = await startWithMessage();
    const answer = await call(bed.slack, "chat.postMessage", {
      channel: "#ops",
      blocks: [section("a".repeat(3001))],
    });
    expect(answer["errors"]).toEqual([
      "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]);
  });

  it.each<[word: string, args: Json, token: string]>([
    ["not_authed", {}, ""],
    ["invalid_auth", { text: "a" }, "xoxb-wrong"],
    ["not_allowed_token_type", { text: "a" }, APP],
  ])("refuses a token with %s", async (word, args, token) => {
    await using bed = await startWithMessage();
    expect(await call(bed.slack, "chat.postMessage", { channel: "#ops", ...args }, token)).toMatchObject({
      ok: false,
      error: word,
    });
  });

  it("names the scope that is missing, and the scope that lets it write without being invited", async () => {
    await using poor = await startFakeSlack({
      scopes: ["chat:write", "chat:write.public"],
      channels: [{ name: "a", member: false }],
    });
    expect(await call(poor, "chat.postMessage", { channel: "a", text: "a" })).toMatchObject({ ok: true });
    const { channel, ts } = poor.messages()[0]!;
    expect(await call(poor, "reactions.add", { channel, timestamp: ts, name: "eyes" })).toMatchObject({
      error: "missing_scope",
      needed: "reactions:write",
    });
  });

  it("reads forms too, where lists are JSON texts and the token may be a field", async () => {
    await using bed = await startWithMessage();
    const form = new URLSearchParams({
      token: BOT,
      channel: "ops",
      blocks: JSON.stringify([section("in a form")]),
      link_names: "true",
    });
    const response = await fetch(`${bed.slack.url}/api/chat.postMessage`, { method: "POST", body: form });
    expect(await response.json()).toMatchObject({ ok: true });
    expect(bed.slack.messages("ops")[1]).toMatchObject({ blocks: [section("in a form")], linkNames: true });
    expect(JSON.parse(bed.slack.bodies()[1]!)).toMatchObject({ channel: "ops" });
  });

  it.each([
    ["invalid_json", "application/json; charset=utf-8", "{"],
    ["json_not_object", "application/json", "[]"],
    ["invalid_post_type", "text/html", "a"],
    ["invalid_charset", "application/json; charset=utf-16", "{}"],
  ])("refuses a body with %s", async (error, type, body) => {
    await using bed = await startWithMessage();
    const headers = { authorization: `Bearer ${BOT}`, "content-type": type };
    const response = await fetch(`${bed.slack.url}/api/chat.postMessage`, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject({ ok: false, error });
  });

  it("does not know other methods", async () => {
    await using bed = await startWithMessage();
    expect(await call(bed.slack, "chat.shout", {})).toMatchObject({
      error: "unknown_method",
      req_method: "chat.shout",
    });
  });
});

describe("threads and edits of a fake Slack", () => {
  it("shows replies under their parent, and broadcasts in the channel as well", async () => {
    await using bed = await startWithMessage();
    const reply = { channel: "C0OPS", thread_ts: bed.ts };
    await call(bed.slack, "chat.postMessage", { ...reply, text: "quiet" });
    await bed.clock.advance(1000);
    const { ts } = await call(bed.slack, "chat.postMessage", {
      ...reply,
      text: "loud",
      reply_broadcast: true,
    });
    const [parent, broadcast] = bed.slack.messages("#ops");
    expect(parent?.replies.map(({ text }) => text)).toEqual(["quiet", "loud"]);
    expect(broadcast).toMatchObject({ text: "loud", threadTs: bed.ts, broadcast: true });
    expect(
      await call(bed.slack, "chat.postMessage", { channel: "C0OPS", text: "a", thread_ts: ts }),
    ).toMatchObject({ error: "thread_not_found" });
  });

  it("forgets parse and link_names with an edit that does not repeat them", async () => {
    await using bed = await startWithMessage();
    const settings = { parse: "none", link_names: false };
    await call(bed.slack, "chat.update", { channel: "C0OPS", ts: bed.ts, text: "@here", ...settings });
    expect(bed.slack.messages()[0]).toMatchObject({ parse: "none", linkNames: false, mentions: [] });
    await call(bed.slack, "chat.update", { channel: "C0OPS", ts: bed.ts, text: "@here" });
    expect(bed.slack.messages()[0]).toMatchObject({
      parse: "client",
      linkNames: false,
      mentions: ["here"],
      edits: 2,
    });
  });

  it("drops blocks with a text alone, keeps attachments and metadata, and shows only edits of text", async () => {
    await using bed = await startWithMessage();
    const edit = { channel: "C0OPS", ts: bed.ts };
    const metadata = { event_type: "a", event_payload: { id: "1" } };
    const block = { type: "divider" };
    await call(bed.slack, "chat.update", {
      ...edit,
      text: "a",
      blocks: [block],
      attachments: [{ text: "b" }],
      metadata,
    });
    expect(bed.slack.messages()[0]).toMatchObject({ blocks: [block], edited: false, metadata });
    await call(bed.slack, "chat.update", { ...edit, text: "c" });
    expect(bed.slack.messages()[0]).toMatchObject({
      text: "c",
      blocks: [],
      attachments: [{ text: "b" }],
      edited: true,
      metadata,
    });
    await call(bed.slack, "chat.update", { ...edit, attachments: [], metadata: {} });
    expect(bed.slack.messages()[0]).toMatchObject({ attachments: [], metadata: undefined });
  });

  it("sees whom a message notifies, in texts and in blocks", async () => {
    await using bed = await startWithMessage();
    const blocks = [
      {
        type: "context",
        elements: [
          { type: "mrkdwn", text: "<@U1> <!subteam^S1>" },
          { type: "plain_text", text: "<!here>" },
        ],
      },
    ];
    await call(bed.slack, "chat.postMessage", {
      channel: "ops",
      text: "<!channel> &lt;!here&gt; @everyone",
      blocks,
    });
    expect(bed.slack.messages()[1]?.mentions).toEqual(["channel", "U1", "S1"]);
  });

  it.each<[word: string, args: (ts: string) => Json]>([
    ["message_not_found", () => ({ channel: "C0OPS", ts: "1.000001", text: "a" })],
    ["channel_not_found", (ts) => ({ channel: "#ops", ts, text: "a" })],
    ["no_text", (ts) => ({ channel: "C0OPS", ts })],
    ["invalid_blocks", (ts) => ({ channel: "C0OPS", ts, blocks: [{ type: "section" }] })],
    ["is_inactive", (ts) => ({ channel: "C000000002", ts, text: "a" })],
  ])("refuses an edit with %s", async (word, args) => {
    await using bed = await startWithMessage();
    expect(await call(bed.slack, "chat.update", args(bed.ts))).toMatchObject({ ok: false, error: word });
    expect(SLACK_WORDS["chat.update"]).toContain(word);
  });

  it("lets nobody edit what another has written, what is too old or what is gone", async () => {
    await using bed = await startWithMessage();
    const { ts } = bed.slack.say("#ops", "hello");
    expect(await call(bed.slack, "chat.update", { channel: "C0OPS", ts, text: "a" })).toMatchObject({
      error: "cant_update_message",
    });
    bed.slack.closeEditsAfter(60_000);
    await bed.clock.advance(60_001);
    const edit = { channel: "C0OPS", ts: bed.ts, text: "a" };
    expect(await call(bed.slack, "chat.update", edit)).toMatchObject({ error: "edit_window_closed" });
    bed.slack.remove({ channel: "C0OPS", ts: bed.ts });
    expect(await call(bed.slack, "chat.update", edit)).toMatchObject({ error: "message_not_found" });
  });

  it("takes a reaction once", async () => {
    await using bed = await startWithMessage();
    const reaction = { channel: "C0OPS", timestamp: bed.ts, name: "white_check_mark" };
    expect(await call(bed.slack, "reactions.add", reaction)).toEqual({ ok: true });
    expect(await call(bed.slack, "reactions.add", reaction)).toMatchObject({ error: "already_reacted" });
    expect(await call(bed.slack, "reactions.add", { ...reaction, name: ":eyes:" })).toMatchObject({
      error: "invalid_name",
    });
    expect([...bed.slack.messages()[0]!.reactions]).toEqual([["white_check_mark", ["bot"]]]);
  });

  it("shows an ephemeral message to one user", async () => {
    await using bed = await startWithMessage();
    expect(
      await call(bed.slack, "chat.postEphemeral", { channel: "ops", user: "U0KIM", text: "psst" }),
    ).toMatchObject({ ok: true });
    expect(bed.slack.ephemerals()).toMatchObject([{ channel: "C0OPS", user: "U0KIM", text: "psst" }]);
    expect(bed.slack.messages()).toHaveLength(1);
  });
});

describe("the pace of a fake Slack", () => {
  it("takes three posts at once and then one a second, for each channel", async () => {
    await using bed = await startWithMessage({ channels: [{ name: "ops" }, { name: "dev" }] });
    const post = (channel: string) =>
      fetch(`${bed.slack.url}/api/chat.postMessage`, {
        method: "POST",
        headers: { authorization: `Bearer ${BOT}`, "content-type": "application/json" },
        body: JSON.stringify({ channel, text: "a" }),
      });
    expect((await post("ops")).status).toBe(200);
    expect((await post("ops")).status).toBe(200);
    const refused = await post("#ops");
    expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toEqual([
      429,
      "1",
      { ok: false, error: "ratelimited" },
    ]);
    expect((await post("dev")).status).toBe(200);
    await bed.clock.advance(1000);
    expect((await post("ops")).status).toBe(200);
    expect((await post("ops")).status).toBe(429);
    expect(bed.slack.limited).toBe(2);
  });

  it("takes 50 edits a minute", async () => {
    await using bed = await startWithMessage();
    const edit = () => call(bed.slack, "chat.update", { channel: "C0OPS", ts: bed.ts, text: "a" });
    for (let count = 0; count < 50; count++) expect(await edit()).toMatchObject({ ok: true });
    expect(await edit()).toMatchObject({ error: "ratelimited" });
    await bed.clock.advance(1200);
    expect(await edit()).toMatchObject({ ok: true });
  });

  it("can close to the whole token", async () => {
    await using bed = await startWithMessage();
    bed.slack.limitToken(30_000);
    expect(await call(bed.slack, "auth.test", {})).toMatchObject({ error: "ratelimited" });
    await bed.clock.advance(30_000);
    expect(await call(bed.slack, "auth.test", {})).toMatchObject({ ok: true, team_id: "T0EXAMPLE" });
  });
});

describe("the faults of a fake Slack", () => {
  const post = (slack: FakeSlack) =>
    fetch(`${slack.url}/api/chat.postMessage`, {
      method: "POST",
      headers: { authorization: `Bearer ${BOT}`, "content-type": "application/json" },
      body: JSON.stringify({ channel: "ops", text: "second" }),
    });

  it("gives any word, any status, a page and nothing, once each", async () => {
    await using bed = await startWithMessage();
    bed.slack.fault({ word: "token_revoked" }, "chat.postMessage");
    bed.slack.fault({ word: "internal_error" }, "chat.update");
    expect(await (await post(bed.slack)).json()).toEqual({ ok: false, error: "token_revoked" });
    for (const fault of [{ status: 503 }, HTML_PAGE, EMPTY_ANSWER, rateLimited(7)]) bed.slack.fault(fault);
    expect((await post(bed.slack)).status).toBe(503);
    expect(await (await post(bed.slack)).text()).toContain("<html>");
    expect(await (await post(bed.slack)).text()).toBe("");
    expect((await post(bed.slack)).headers.get("retry-after")).toBe("7");
    expect((await post(bed.slack)).status).toBe(200);
    expect(bed.slack.messages()).toHaveLength(2);
  });

  it("breaks the connection before a message is there, and after", async () => {
    await using bed = await startWithMessage();
    bed.slack.fault("cut before");
    await expect(post(bed.slack)).rejects.toThrow("fetch failed");
    expect(bed.slack.messages()).toHaveLength(1);
    bed.slack.fault("cut after");
    await expect(post(bed.slack)).rejects.toThrow("fetch failed");
    expect(bed.slack.messages()).toHaveLength(2);
  });

  it("refuses until it is reset", async () => {
    await using bed = await startWithMessage();
    bed.slack.faultAlways({ word: "account_inactive" });
    for (const _ of [1, 2])
      expect(await call(bed.slack, "auth.test", {})).toMatchObject({ error: "account_inactive" });
    bed.slack.reset();
    expect(await call(bed.slack, "auth.test", {})).toMatchObject({ ok: true });
  });
});

describe("the Socket Mode of a fake Slack", () => {
  /** A message with a button and a menu in an attachment. */
  const ACTIONS = {
    channel: "C0OPS",
    text: "act",
    attachments: [
      {
        color: "#d93025",
        fallback: "act",
        blocks: [
          {
            type: "actions",
            block_id: "acts",
            elements: [
              {
                type: "button",
                action_id: "silence",
                text: { type: "plain_text", text: "Mute" },
                value: "{}",
              },
              {
                type: "overflow",
                action_id: "more",
                options: [{ text: { type: "plain_text", text: "8 h" }, value: "8h" }],
              },
            ],
          },
        ],
      },
    ],
  };

  /** Opens a socket as an app does, and keeps what it hears. */
  async function connect(slack: FakeSlack) {
    const { url } = await call(slack, "apps.connections.open", {}, APP);
    const heard: Json[] = [];
    const socket = new WebSocket(String(url));
    socket.addEventListener("message", ({ data }) => heard.push(JSON.parse(String(data)) as Json));
    await until(() => heard.length > 0);
    return { socket, heard, url: String(url) };
  }

  it("says hello, delivers a click, and sees its acknowledgement", async () => {
    await using bed = await startWithMessage();
    const { socket, heard } = await connect(bed.slack);
    expect(heard[0]).toMatchObject({ type: "hello", num_connections: 1 });
    await call(bed.slack, "chat.postMessage", ACTIONS);
    const message = bed.slack.messages()[1]!;
    const click = bed.slack.click({ message, actionId: "silence", user: KIM });
    await until(() => heard.length === 2);
    expect(heard[1]).toMatchObject({
      type: "interactive",
      envelope_id: click.id,
      payload: {
        type: "block_actions",
        user: { id: "U0KIM", username: "kim", team_id: "T0EXAMPLE" },
        container: {
          type: "message_attachment",
          attachment_id: 1,
          message_ts: message.ts,
          channel_id: "C0OPS",
        },
        channel: { id: "C0OPS", name: "ops" },
        actions: [{ action_id: "silence", block_id: "acts", value: "{}" }],
      },
    });
    expect(click.receipt).toBe("waiting");
    socket.send(JSON.stringify({ envelope_id: click.id }));
    await until(() => click.receipt === "acknowledged");
    socket.send("nonsense");
    await until(() => bed.slack.socket.strange.length === 1);
    socket.close();
    await until(() => bed.slack.socket.connections === 0);
  });

  it("takes the option of a menu, and shows no button that is not there", async () => {
    await using bed = await startWithMessage();
    const { heard } = await connect(bed.slack);
    await call(bed.slack, "chat.postMessage", ACTIONS);
    const message = bed.slack.messages()[1]!;
    bed.slack.click({ message, actionId: "more", option: "8h", user: KIM });
    await until(() => heard.length === 2);
    expect(heard[1]).toMatchObject({
      payload: { actions: [{ type: "overflow", selected_option: { value: "8h" } }] },
    });
    expect(() => bed.slack.click({ message, actionId: "more", option: "9h", user: KIM })).toThrow(
      "no option 9h",
    );
    expect(() => bed.slack.click({ message, actionId: "nuke", user: KIM })).toThrow("shows no nuke");
  });

  it("finds an acknowledgement late after three seconds, and delivers again", async () => {
    await using bed = await startWithMessage();
    await call(bed.slack, "chat.postMessage", ACTIONS);
    const sketch = { message: bed.slack.messages()[1]!, actionId: "silence", user: KIM };
    expect(bed.slack.click(sketch).receipt).toBe("undelivered");
    const { heard } = await connect(bed.slack);
    const click = bed.slack.click(sketch);
    await bed.clock.advance(3000);
    expect(click.receipt).toBe("late");
    bed.slack.socket.redeliver(click.id);
    await until(() => heard.length === 3);
    expect(heard[2]).toMatchObject({ envelope_id: click.id, retry_attempt: 1 });
  });

  it("takes a ticket once", async () => {
    await using bed = await startWithMessage();
    const { url } = await connect(bed.slack);
    const second = new WebSocket(url);
    await new Promise((resolve) => second.addEventListener("error", resolve));
    expect(bed.slack.socket.opened).toBe(1);
  });

  it.each([
    ["not_allowed_token_type", "POST", BOT],
    ["invalid_auth", "POST", "xapp-wrong"],
    ["insecure_request", "GET", APP],
  ])("gives no ticket: %s", async (error, method, token) => {
    await using bed = await startWithMessage();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${bed.slack.url}/api/apps.connections.open`, { method, headers });
    expect(await response.json()).toMatchObject({ ok: false, error });
  });

  it("warns, asks to come again and closes, and breaks off", async () => {
    await using bed = await startWithMessage();
    const { socket, heard } = await connect(bed.slack);
    bed.slack.socket.disconnect("warning");
    bed.slack.socket.ping();
    await until(() => heard.length === 2);
    expect([socket.readyState, bed.slack.socket.connections]).toEqual([WebSocket.OPEN, 1]);
    bed.slack.socket.disconnect("refresh_requested");
    await until(() => socket.readyState === WebSocket.CLOSED);
    expect(heard.map(({ reason }) => reason)).toEqual([undefined, "warning", "refresh_requested"]);
    const again = await connect(bed.slack);
    bed.slack.socket.cut();
    await until(() => again.socket.readyState === WebSocket.CLOSED);
    expect(bed.slack.socket.opened).toBe(2);
  });

  it("carries long messages in both directions", async () => {
    await using bed = await startWithMessage();
    const { socket, heard } = await connect(bed.slack);
    for (const length of [200, 70_000])
      bed.slack.socket.broadcast(JSON.stringify({ type: "x".repeat(length) }));
    await until(() => heard.length === 3);
    expect(heard.slice(1).map(({ type }) => String(type).length)).toEqual([200, 70_000]);
    for (const length of [200, 70_000]) socket.send("y".repeat(length));
    await until(() => bed.slack.socket.strange.length === 2);
    expect(bed.slack.socket.strange.map((text) => text.length)).toEqual([200, 70_000]);
  });

  it("takes five answers to a click within half an hour", async () => {
    await using bed = await startWithMessage();
    const { heard } = await connect(bed.slack);
    await call(bed.slack, "chat.postMessage", ACTIONS);
    bed.slack.click({ message: bed.slack.messages()[1]!, actionId: "silence", user: KIM });
    await until(() => heard.length === 2);
    const { response_url: url } = heard[1]!["payload"] as { response_url: string };
    const answer = async (body: Json) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      return [response.status, await response.text()];
    };
    expect(await answer({ response_type: "ephemeral", replace_original: false, text: "not you" })).toEqual([
      200,
      "ok",
    ]);
    expect(bed.slack.ephemerals()).toMatchObject([{ user: "U0KIM", text: "not you" }]);
    expect(await answer({ replace_original: true, text: "done" })).toEqual([200, "ok"]);
    expect(bed.slack.messages()[1]).toMatchObject({ text: "done" });
    for (const _ of [3, 4, 5]) expect((await answer({ text: "a" }))[0]).toBe(200);
    expect(await answer({ text: "a" })).toEqual([404, JSON.stringify({ ok: false, error: "used_url" })]);
    await bed.clock.advance(30 * 60_000 + 1);
    expect(await answer({ text: "a" })).toEqual([404, JSON.stringify({ ok: false, error: "expired_url" })]);
  });
});

it("a fake Slack refuses an upgrade without a ticket", async () => {
  await using slack = await startFakeSlack();
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  const status = await new Promise((resolve) => {
    httpRequest(`${slack.url}/link/`, { headers })
      .on("response", (response) => resolve(response.statusCode))
      .end();
  });
  expect(status).toBe(401);
});

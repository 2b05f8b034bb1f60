import type {
  RESTPatchAPIWebhookWithTokenMessageJSONBody,
  RESTPostAPIWebhookWithTokenJSONBody,
} from "discord-api-types/v10";
import { describe, expect, it } from "vitest";

import { type FakeChat, startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { discord } from "./discord.ts";

type Body = RESTPostAPIWebhookWithTokenJSONBody;

const PATH =
  "/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372";
const request = (body: unknown) => ({ path: `${PATH}?wait=true`, body });
const invalid = (errors: unknown) => ({
  status: 400,
  answer: { code: 50_035, message: "Invalid Form Body", errors },
});
const tooLong = (most: number) => ({
  _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${most} or fewer in length.` }],
});
const embeds = (embed: unknown) => ({ embeds: [embed] });
const inEmbed = (errors: unknown) => invalid({ embeds: { 0: errors } });

describeVendor(discord, {
  request,
  accepted: {
    // https://docs.discord.com/developers/resources/message#create-message-example-request-body-applicationjson
    "the example of the page": {
      body: {
        content: "Hello, World!",
        tts: false,
        embeds: [{ title: "Hello, Embed!", description: "This is an embedded message." }],
      } satisfies Body,
      text: "Hello, World!\nHello, Embed!\nThis is an embedded message.",
    },
    // As measured in mymoomin/RSStoWebhook, `test_boundaries`.
    "the longest parts, in code points": {
      body: {
        content: "🔥".repeat(2000),
        username: "n".repeat(80),
        embeds: [{ color: 0xffffff, description: "🔥".repeat(4096), title: "t".repeat(256) }],
      } satisfies Body,
      text: ["🔥".repeat(2000), "t".repeat(256), "🔥".repeat(4096)].join("\n"),
    },
    "empty parts and nulls beside one that says something": {
      body: { content: "", avatar_url: "", embeds: [{ description: "d", title: "", url: "", color: 0 }] },
      text: "d",
    },
    "an image alone": { body: embeds({ image: { url: "https://a.example/i.png" } }), text: "" },
    "a thumbnail alone": { body: embeds({ thumbnail: { url: "https://a.example/i.png" } }), text: "" },
    "ten embeds of 600 each": {
      body: { embeds: Array.from({ length: 10 }, () => ({ description: "d".repeat(600) })) } satisfies Body,
      text: Array.from({ length: 10 }, () => "d".repeat(600)).join("\n"),
    },
    "25 fields, and a link of 2048": {
      body: embeds({
        url: `https://a.example/${"u".repeat(2030)}`,
        fields: Array.from({ length: 25 }, () => ({ name: "n", value: "v" })),
      }),
      text: Array.from({ length: 25 }, () => "n\nv").join("\n"),
    },
    "fields, an author and a footer": {
      body: {
        allowed_mentions: { parse: [] },
        embeds: [
          {
            author: { name: "prod-eu1" },
            fields: [{ name: "Namespace", value: "shop", inline: true }],
            footer: { text: "rule BackOff" },
            timestamp: "2026-06-01T10:00:00.000Z",
          },
        ],
      } satisfies Body,
      text: "prod-eu1\nNamespace\nshop\nrule BackOff",
    },
  },
  refused: {
    "no JSON": { body: "{", status: 400, answer: { code: 50_109 } },
    nothing: { body: {}, status: 400, answer: { code: 50_006, message: "Cannot send an empty message" } },
    "blank content": { body: { content: " \n" }, status: 400, answer: { code: 50_006 } },
    "the wrong method": {
      request: { method: "PUT", path: PATH, body: { content: "c" } },
      status: 404,
      answer: { message: "404: Not Found", code: 0 },
    },
    "content of 2001": { body: { content: "c".repeat(2001) }, ...invalid({ content: tooLong(2000) }) },
    "eleven embeds": {
      body: { embeds: Array.from({ length: 11 }, (_, at) => ({ description: `embed ${at}` })) },
      ...invalid({ embeds: tooLong(10) }),
    },
    "a title of 257": { body: embeds({ title: "t".repeat(257) }), ...inEmbed({ title: tooLong(256) }) },
    "a description of 4097": {
      body: embeds({ description: "d".repeat(4097) }),
      ...inEmbed({ description: tooLong(4096) }),
    },
    "an embed without words": {
      body: embeds({ title: "" }),
      ...inEmbed({
        description: { _errors: [{ code: "BASE_TYPE_REQUIRED", message: "This field is required" }] },
      }),
    },
    "26 fields": {
      body: embeds({ fields: Array.from({ length: 26 }, () => ({ name: "n", value: "v" })) }),
      ...inEmbed({ fields: tooLong(25) }),
    },
    "a field without a value": {
      body: embeds({ fields: [{ name: "n", value: "" }] }),
      ...inEmbed({ fields: { 0: { value: { _errors: [{ code: "BASE_TYPE_REQUIRED" }] } } } }),
    },
    "a field value of 1025": {
      body: embeds({ fields: [{ name: "n", value: "v".repeat(1025) }] }),
      ...inEmbed({ fields: { 0: { value: tooLong(1024) } } }),
    },
    "6001 in all embeds": {
      body: { embeds: [{ description: "d".repeat(4000) }, { description: "d".repeat(2001) }] },
      ...invalid({ embeds: { _errors: [{ message: "Embed size exceeds maximum size of 6000" }] } }),
    },
    "a colour as text": { body: embeds({ title: "t", color: "#ff0000" }), ...inEmbed({ color: {} }) },
    "a colour below black": {
      body: embeds({ title: "t", color: -1 }),
      ...inEmbed({ color: { _errors: [{ code: "NUMBER_TYPE_MIN" }] } }),
    },
    "a colour beyond white": {
      body: embeds({ title: "t", color: 0x1000000 }),
      ...inEmbed({ color: { _errors: [{ code: "NUMBER_TYPE_MAX" }] } }),
    },
    "a footer of 2049": {
      body: embeds({ footer: { text: "f".repeat(2049) } }),
      ...inEmbed({ footer: { text: tooLong(2048) } }),
    },
    "an author of 257": {
      body: embeds({ author: { name: "a".repeat(257) } }),
      ...inEmbed({ author: { name: tooLong(256) } }),
    },
    "a field name of 257": {
      body: embeds({ fields: [{ name: "n".repeat(257), value: "v" }] }),
      ...inEmbed({ fields: { 0: { name: tooLong(256) } } }),
    },
    "a link of 2049": {
      body: embeds({ title: "t", url: `https://a.example/${"u".repeat(2031)}` }),
      ...inEmbed({ url: tooLong(2048) }),
    },
    "a link of another scheme": {
      body: embeds({ title: "t", url: "javascript:alert(1)" }),
      ...inEmbed({ url: { _errors: [{ code: "URL_TYPE_INVALID_SCHEME" }] } }),
    },
    "a link that is none": {
      body: embeds({ title: "t", url: "runbook" }),
      ...inEmbed({ url: { _errors: [{ code: "URL_TYPE_INVALID_URL" }] } }),
    },
    "a time that is none": {
      body: embeds({ title: "t", timestamp: "yesterday" }),
      ...inEmbed({ timestamp: { _errors: [{ code: "DATE_TIME_TYPE_PARSE" }] } }),
    },
    "a name of 81": {
      body: { content: "c", username: "n".repeat(81) },
      ...invalid({
        username: {
          _errors: [{ code: "BASE_TYPE_BAD_LENGTH", message: "Must be between 1 and 80 in length." }],
        },
      }),
    },
    "an empty name": {
      body: { content: "c", username: "" },
      ...invalid({ username: { _errors: [{ code: "BASE_TYPE_BAD_LENGTH" }] } }),
    },
    "a name of a thread of 101": {
      body: { content: "c", thread_name: "n".repeat(101) },
      ...invalid({ thread_name: tooLong(100) }),
    },
    "101 users who may be pinged": {
      body: { content: "c", allowed_mentions: { users: Array.from({ length: 101 }, () => "1") } },
      ...invalid({ allowed_mentions: { users: {} } }),
    },
    "101 roles that may be pinged": {
      body: { content: "c", allowed_mentions: { roles: Array.from({ length: 101 }, () => "1") } },
      ...invalid({ allowed_mentions: { roles: {} } }),
    },
    "a name with discord": {
      body: { content: "c", username: "Discord alerts" },
      ...invalid({ username: { _errors: [{ code: "USERNAME_INVALID_CONTAINS" }] } }),
    },
    "mentions of an unknown kind": {
      body: { content: "c", allowed_mentions: { parse: ["here"] } },
      ...invalid({ allowed_mentions: { parse: {} } }),
    },
  },
  states: {
    "webhook deleted": { status: 404, answer: { message: "Unknown Webhook", code: 10_015 } },
    "wrong token": { status: 401, answer: { message: "Invalid Webhook Token", code: 50_027 } },
    "channel missing": { status: 404, answer: { message: "Unknown Channel", code: 10_003 } },
    "thread archived": { status: 400, answer: { code: 50_083 } },
    "forum without thread": { status: 400, answer: { code: 220_001 } },
  },
  limited: {
    requests: 5,
    seconds: 2,
    status: 429,
    answer: { message: "You are being rate limited.", retry_after: 2, global: false },
    headers: { "retry-after": "2", "x-ratelimit-remaining": "0", "x-ratelimit-scope": "user" },
  },
});

describe("the fake of discord, beyond that,", () => {
  async function posted(fake: FakeChat, body: Body): Promise<string> {
    const reply = await ask(fake, request(body));
    // Discord answers a posted message with its id.
    return (reply.body as { readonly id: string }).id;
  }
  const edit = (id: string, body: RESTPatchAPIWebhookWithTokenMessageJSONBody) => ({
    method: "PATCH",
    path: `${PATH}/messages/${id}`,
    body,
  });

  it("edits a message in place, and keeps the keys that are left out", async () => {
    await using fake = await startChat(discord);
    const id = await posted(fake, { content: "firing", embeds: [{ title: "web-1" }] });
    expect(await ask(fake, edit(id, { content: "resolved" }))).toMatchObject({ status: 200, body: { id } });
    expect(fake.messages()).toMatchObject([{ id, text: "resolved\nweb-1", edits: 1 }]);
  });

  it("edits no message that it does not have", async () => {
    await using fake = await startChat(discord);
    expect(await ask(fake, edit("1", { content: "resolved" }))).toMatchObject({
      status: 404,
      body: { code: 10_008, message: "Unknown Message" },
    });
  });

  it("answers without the id when nobody waits for it", async () => {
    await using fake = await startChat(discord);
    expect((await ask(fake, { path: PATH, body: { content: "c" } })).status).toBe(204);
  });

  it.each([
    { allowed: undefined, pings: ["@everyone", "<@1>", "<@&2>"] },
    { allowed: { parse: [] }, pings: [] },
    { allowed: { parse: [], roles: ["2"] }, pings: ["<@&2>"] },
  ])("pings whom it may: $allowed", async ({ allowed, pings }) => {
    await using fake = await startChat(discord);
    const description = "@here is no ping in an embed";
    const body = { content: "@everyone <@1> <@&2>", embeds: [{ description }], allowed_mentions: allowed };
    await ask(fake, request(body));
    expect(fake.messages()).toMatchObject([{ pings }]);
  });

  it("names the keys that it does not know, and drops them", async () => {
    await using fake = await startChat(discord);
    await ask(fake, request({ content: "c", attachments: [], embeds: [{ title: "t", colour: 1 }] }));
    expect(fake.ignored()).toEqual(["attachments", "embeds.0.colour"]);
  });

  it("says how many more requests it takes", async () => {
    await using fake = await startChat(discord);
    fake.limit();
    const { headers } = await ask(fake, request({ content: "c" }));
    expect(headers).toMatchObject({ "x-ratelimit-remaining": "4" });
  });
});

import { describe, expect, it } from "vitest";

import { type FakeChat, startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { webex } from "./webex.ts";

const ROOM = "Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0";
const headers = { authorization: "Bearer MmQ0" };
const request = (body: unknown) => ({ path: "/v1/messages", headers, body });
const refused = (status: number, message: unknown) => ({
  status,
  answer: { message, errors: [{ description: message }], trackingId: expect.any(String) },
});

describeVendor(webex, {
  request,
  accepted: {
    // https://developer.webex.com/docs/api/v1/messages/create-a-message
    "the Markdown of the page": {
      body: {
        roomId: ROOM,
        text: "PROJECT UPDATE - A new project plan has been published on Box",
        markdown:
          "**PROJECT UPDATE** A new project plan has been published [on Box](http://box.com/s/lf5vj).",
      },
      text: "**PROJECT UPDATE** A new project plan has been published [on Box](http://box.com/s/lf5vj).",
    },
    "a message to a person": { body: { toPersonEmail: "julie@example.com", text: "t" }, text: "t" },
    "the longest Markdown, in bytes": {
      body: { roomId: ROOM, markdown: `${"火".repeat(2479)}..` },
      text: `${"火".repeat(2479)}..`,
    },
  },
  refused: {
    "no JSON": { body: "{", ...refused(400, "POST expected a JSON body.") },
    "no room": {
      body: { markdown: "m" },
      ...refused(400, "Exactly one of 'roomId', 'toPersonId' and 'toPersonEmail' is required."),
    },
    "a room and a person": {
      body: { roomId: ROOM, toPersonEmail: "julie@example.com", markdown: "m" },
      ...refused(400, "Exactly one of 'roomId', 'toPersonId' and 'toPersonEmail' is required."),
    },
    "no words": {
      body: { roomId: ROOM, markdown: " " },
      ...refused(400, "Either 'text', 'markdown' or 'files' is required."),
    },
    "7440 bytes": {
      body: { roomId: ROOM, markdown: "火".repeat(2480) },
      ...refused(400, expect.stringContaining("Message length limited to 7439 characters before encryption")),
    },
    "an answer to nothing": {
      body: { roomId: ROOM, markdown: "m", parentId: "9" },
      ...refused(400, "Unable to post message: parentId is not valid."),
    },
    "no token": {
      request: { path: "/v1/messages", body: { roomId: ROOM, markdown: "m" } },
      ...refused(401, expect.stringContaining("valid access token")),
    },
    "another path": {
      request: { path: "/v1/message", headers, body: { roomId: ROOM, markdown: "m" } },
      ...refused(404, "The requested resource could not be found."),
    },
  },
  states: {
    "wrong token": refused(401, expect.stringContaining("valid access token")),
    "room missing": refused(404, "Could not find a room with provided ID."),
    "no right to write": refused(403, expect.stringContaining("refused to fulfill")),
    "internal error": refused(500, expect.any(String)),
    unavailable: refused(503, expect.stringContaining("overloaded")),
  },
  limited: {
    requests: 60,
    seconds: 60,
    ...refused(429, expect.stringContaining("rate limited")),
    headers: { "retry-after": "60" },
  },
});

describe("the fake of webex, beyond that,", () => {
  const idOf = (fake: FakeChat, index: number): string => fake.messages()[index]?.id ?? "";
  const edit = (fake: FakeChat, body: object, id = idOf(fake, 0)) =>
    ask(fake, { method: "PUT", path: `/v1/messages/${id}`, headers, body: { roomId: ROOM, ...body } });

  it("edits a message in place, ten times", async () => {
    await using fake = await startChat(webex);
    await ask(fake, request({ roomId: ROOM, markdown: "firing" }));
    for (let count = 1; count <= 10; count += 1) await edit(fake, { markdown: `again ${count}` });
    expect(fake.messages()).toMatchObject([{ text: "again 10", edits: 10 }]);
    expect(await edit(fake, { markdown: "resolved" })).toMatchObject({ status: 400 });
    expect(await edit(fake, { markdown: "resolved" }, "9")).toMatchObject({ status: 404 });
    expect(await edit(fake, { markdown: "resolved", roomId: "other" })).toMatchObject({ status: 404 });
  });

  it("answers a message of the same room, one level deep", async () => {
    await using fake = await startChat(webex);
    await ask(fake, request({ roomId: ROOM, markdown: "firing" }));
    const answer = (index: number, roomId = ROOM) =>
      ask(fake, request({ roomId, markdown: "again", parentId: idOf(fake, index) }));
    await answer(0);
    expect((await answer(1)).status).toBe(400);
    expect((await answer(0, "other")).status).toBe(400);
    expect(fake.messages().map(({ thread }) => thread)).toEqual([undefined, idOf(fake, 0)]);
  });

  it("pings whom live markup names", async () => {
    await using fake = await startChat(webex);
    await ask(fake, request({ roomId: ROOM, markdown: "<@all> <@personEmail:a@example.com|Ann> @all" }));
    expect(fake.messages()).toMatchObject([{ pings: ["<@all>", "<@personEmail:a@example.com|Ann>"] }]);
  });

  it("knows its token, and says whose it is", async () => {
    await using fake = await startChat(webex, { secret: "MmQ0" });
    const whoami = { method: "GET", path: "/v1/people/me" };
    expect(await ask(fake, { ...whoami, headers })).toMatchObject({ status: 200, body: { type: "bot" } });
    expect((await ask(fake, { ...whoami, headers: { authorization: "Bearer x" } })).status).toBe(401);
  });
});

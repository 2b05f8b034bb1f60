import { z } from "zod";

import { type ChatVendor, json, type Reply, type VendorCall } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { VendorMessage, VendorRoom } from "./vendor-room.ts";

/** The form of https://developer.webex.com/docs/basics#api-errors; words without a source beside them are not published. */
const refuse = (status: number, message: string, headers = {}): Reply =>
  json(status, { message, errors: [{ description: message }], trackingId: "ROUTERGW_4f9a" }, headers);

/** The answer to a token that is none. */
const WRONG_TOKEN = refuse(
  401,
  "The request requires a valid access token set in the Authorization request header.",
);

/**
 * The words say characters; since the encrypted text has 4/3 of the bytes, bytes are counted, as in Alertmanager's receiver
 * (https://github.com/prometheus/alertmanager, notify/webex).
 */
const MOST_BYTES = 7439;
const TOO_LONG =
  "Unable to post message to room: Message length limited to 7439 characters before encryption and 10000 characters " +
  "after encryption.";
const text = z.string().refine((value) => LENGTH.bytes(value) <= MOST_BYTES, TOO_LONG);

/** https://developer.webex.com/docs/api/v1/messages/create-a-message */
const message = z
  .object({
    roomId: z.string().min(1).optional(),
    toPersonId: z.string().min(1).optional(),
    toPersonEmail: z.email().optional(),
    parentId: z.string().optional(),
    text: text.optional(),
    markdown: text.optional(),
    html: text.optional(),
  })
  .refine(
    ({ roomId, toPersonId, toPersonEmail }) =>
      [roomId, toPersonId, toPersonEmail].filter((to) => to !== undefined).length === 1,
    "Exactly one of 'roomId', 'toPersonId' and 'toPersonEmail' is required.",
  )
  .refine((sent) => wordsOf(sent).trim() !== "", "Either 'text', 'markdown' or 'files' is required.");
/** https://developer.webex.com/docs/api/v1/messages/edit-a-message */
const edit = z
  .object({
    roomId: z.string().min(1),
    text: text.optional(),
    markdown: text.optional(),
    html: text.optional(),
  })
  .refine((sent) => wordsOf(sent).trim() !== "", "Either 'text' or 'markdown' is required.");

/** https://developer.webex.com/docs/api/v1/messages/edit-a-message: "The maximum number of edits is 10". */
const MOST_EDITS = 10;

/** Webex's messages by a bot: https://developer.webex.com/docs/api/v1/messages */
export const webex = {
  type: "webex",
  routes: [
    {
      method: "POST",
      path: /^\/v1\/messages$/u,
      take: (call, room) => {
        const denied = denial(call, room);
        if (denied !== undefined) return denied;
        if (call.json === undefined) return refuse(400, "POST expected a JSON body.");
        const read = room.read(message, call.json);
        if ("issues" in read) return refuse(400, read.issues[0]?.message ?? "");
        const { roomId, toPersonId, toPersonEmail, parentId } = read.value;
        const place = roomId ?? toPersonId ?? toPersonEmail ?? "";
        const parent = parentId === undefined ? undefined : room.find(parentId);
        // An answer to an answer, or to another room's message, is refused.
        if (parentId !== undefined && (parent?.place !== place || parent.thread !== undefined))
          return refuse(400, "Unable to post message: parentId is not valid.");
        const shown = wordsOf(read.value);
        return accept(
          room.post({
            id: nextId(room),
            place,
            thread: parentId,
            text: shown,
            pings: pingsOf(shown),
            body: read.value,
          }),
        );
      },
    },
    {
      method: "PUT",
      path: /^\/v1\/messages\/(?<id>[\w=-]+)$/u,
      take: (call, room) => {
        const denied = denial(call, room);
        if (denied !== undefined) return denied;
        const read = room.read(edit, call.json);
        if ("issues" in read) return refuse(400, read.issues[0]?.message ?? "");
        const old = room.find(call.parts["id"] ?? "");
        if (old === undefined || old.place !== read.value.roomId) return refuse(404, "Message not found.");
        if (old.edits >= MOST_EDITS) return refuse(400, "The maximum number of edits has been reached.");
        return accept(room.edit(old.id, { text: wordsOf(read.value), body: read.value }) ?? old);
      },
    },
    {
      method: "GET",
      path: /^\/v1\/people\/me$/u,
      take: (call, room) =>
        denial(call, room) ?? json(200, { id: "bot", type: "bot", displayName: "Tocsin" }),
    },
  ],
  notFound: refuse(404, "The requested resource could not be found."),
  states: {
    // https://developer.webex.com/docs/basics#api-errors
    "wrong token": WRONG_TOKEN,
    // As answered to a bot that is not in the room.
    "room missing": refuse(404, "Could not find a room with provided ID."),
    "no right to write": refuse(
      403,
      "The server understood the request, but refused to fulfill it because the access token is missing required scopes or the user is missing required roles or licenses.",
    ),
    "internal error": refuse(500, "Something went wrong on the server."),
    unavailable: refuse(503, "Server is overloaded with requests. Try again later."),
  },
  rate: {
    // Dynamic, with a time to wait: https://developer.webex.com/docs/basics#rate-limiting. The figure is this fake's.
    windows: [{ requests: 60, seconds: 60 }],
    refusal: (seconds) =>
      refuse(
        429,
        "Too many requests have been sent in a given amount of time and the request has been rate limited.",
        {
          "retry-after": String(Math.ceil(seconds)),
        },
      ),
  },
} satisfies ChatVendor;

/** https://developer.webex.com/docs/bots#bot-authentication */
function denial({ headers }: VendorCall, { secret }: VendorRoom): Reply | undefined {
  const [, token] = /^Bearer (\S+)$/u.exec(headers["authorization"] ?? "") ?? [];
  return token !== undefined && (secret === undefined || token === secret) ? undefined : WRONG_TOKEN;
}

/** Clients show the Markdown where there is one, and the text elsewhere. */
function wordsOf({
  markdown,
  html,
  text: plain,
}: {
  markdown?: string | undefined;
  html?: string | undefined;
  text?: string | undefined;
}): string {
  return markdown ?? html ?? plain ?? "";
}

/** https://developer.webex.com/docs/basics#formatting-messages: `<@all>`, `<@personEmail:…>`, `<@personId:…>` */
function pingsOf(shown: string): readonly string[] {
  return shown.match(/<@(?:all|personEmail:[^>|]+|personId:[^>|]+)(?:\|[^>]*)?>/gu) ?? [];
}

/** The form of an id in https://developer.webex.com/docs/api/v1/messages/create-a-message: 80 characters. */
function nextId(room: VendorRoom): string {
  const number = String(room.messages.length + 1).padStart(12, "0");
  return Buffer.from(`ciscospark://us/MESSAGE/92db3be0-43bd-11e6-8ae9-${number}`).toString("base64url");
}

function accept({ id, place, thread, text: shown }: VendorMessage): Reply {
  return json(200, {
    id,
    roomId: place,
    roomType: "group",
    markdown: shown,
    ...(thread === undefined ? {} : { parentId: thread }),
  });
}

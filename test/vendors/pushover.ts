import { z } from "zod";

import { type ChatVendor, json, type Reply, type VendorCall } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { VendorRoom } from "./vendor-room.ts";

/** https://pushover.net/api#response: a word beside each field, and all of them as a list. */
const refuse = (
  status: number,
  field: string,
  word: string,
  error = `${field} ${word}`,
  headers = {},
): Reply =>
  json(
    status,
    { [field]: word, errors: [error], status: 0, request: "647d2300-702c-4b38-8b2f-d56326ae460b" },
    headers,
  );
const accept = (rest: object = {}): Reply =>
  json(200, { status: 1, request: "647d2300-702c-4b38-8b2f-d56326ae460b", ...rest });

/** In characters of up to four bytes: https://pushover.net/api#limits; the words for a longer text are not published. */
const text = (most: number) =>
  z
    .string()
    .refine((value) => LENGTH.characters(value) <= most, `is too long (maximum is ${most} characters)`);
const required = (word: string) => z.string(word).refine((value) => value.trim() !== "", word);
/** A form sends numbers as texts. */
const whole = z.coerce.number().int();

/** https://pushover.net/api#messages */
const message = z
  .object({
    token: required("invalid"),
    user: required("invalid"),
    message: required("cannot be blank").pipe(text(1024)),
    title: text(250).optional(),
    url: text(512).optional(),
    url_title: text(100).optional(),
    priority: whole.min(-2).max(2).optional(),
    /** https://pushover.net/api#priority: at least 30 seconds, at most 3 hours. */
    retry: whole.min(30, "must be at least 30").optional(),
    expire: whole.max(10_800, "must be at most 10800").optional(),
    tags: z.string().optional(),
    ttl: whole.positive().optional(),
    device: z.string().optional(),
    sound: z.string().optional(),
    timestamp: whole.optional(),
    html: z.coerce.string().optional(),
    monospace: z.coerce.string().optional(),
  })
  .check(({ value, issues }) => {
    for (const key of ["expire", "retry"] as const)
      if (value.priority === 2 && value[key] === undefined)
        issues.push({
          code: "custom",
          input: value,
          path: [key],
          message: "must be supplied with priority=2",
        });
    if (value.html === "1" && value.monospace === "1")
      issues.push({ code: "custom", input: value, path: ["html"], message: "cannot be used with monospace" });
  });

/** Pushover: https://pushover.net/api */
export const pushover = {
  type: "pushover",
  routes: [
    {
      method: "POST",
      path: /^\/1\/messages\.json$/u,
      take: (call, room) => {
        const read = room.read(message, sentIn(call));
        if ("issues" in read) return wordFor(read.issues);
        const {
          token,
          user,
          priority = 0,
          title = "",
          message: written,
          url_title: label = "",
          tags,
        } = read.value;
        if (room.secret !== undefined && token !== room.secret) return WRONG_TOKEN;
        const isEmergency = priority === 2;
        // Clients take away the tags of their HTML: https://pushover.net/api#html
        const plain =
          read.value.html === "1" ? written.replaceAll(/<\/?(?:b|i|u|font|a)\b[^>]*>/giu, "") : written;
        const words = [title, plain, label].filter((word) => word !== "").join("\n");
        const { id } = room.post({
          place: user,
          text: words,
          body: read.value,
          ...(isEmergency ? { state: "open", thread: tags } : {}),
        });
        return accept(isEmergency ? { receipt: `r${id}` } : {});
      },
    },
    {
      method: "POST",
      path: /^\/1\/receipts\/r(?<id>\d+)\/cancel\.json$/u,
      take: ({ parts }, room) =>
        end(room, ({ id, state }) => id === parts["id"] && state !== undefined) === 0
          ? refuse(404, "receipt", "not found", "receipt not found; may be invalid or expired")
          : accept(),
    },
    {
      // https://pushover.net/api/receipts#cancel_by_tag
      method: "POST",
      path: /^\/1\/receipts\/cancel_by_tag\/(?<tag>[^/]+)\.json$/u,
      take: ({ parts }, room) => {
        const tag = decodeURIComponent(parts["tag"] ?? "");
        const isTagged = (thread = "", state?: string): boolean =>
          state === "open" && thread.split(",").includes(tag);
        return accept({ canceled: end(room, ({ thread, state }) => isTagged(thread, state)) });
      },
    },
  ],
  notFound: { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Not Found</h1>" },
  states: {
    "wrong token": refuse(400, "token", "invalid", "application token is invalid"),
    "wrong user": refuse(
      400,
      "user",
      "invalid",
      "user identifier is not a valid user, group, or subscribed user key",
    ),
    "no devices": refuse(400, "user", "has no active devices", "user has no active devices"),
    unavailable: { status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad Gateway</h1>" },
  },
  rate: {
    // 10,000 a month and application: https://pushover.net/api#limits
    windows: [{ requests: 10_000, seconds: 30 * 86_400 }],
    refusal: (seconds) =>
      refuse(
        429,
        "token",
        "limit",
        "application is over its quota, please upgrade or wait until the next month",
        {
          "x-limit-app-limit": "10000",
          "x-limit-app-remaining": "0",
          "x-limit-app-reset-in": String(Math.ceil(seconds)),
        },
      ),
  },
} satisfies ChatVendor;

/** The answer to a token that is none. */
const WRONG_TOKEN = refuse(400, "token", "invalid", "application token is invalid");

/** Forms and JSON: https://pushover.net/api#format */
function sentIn({ headers, body, json: sent }: VendorCall): unknown {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  return isForm ? Object.fromEntries(new URLSearchParams(body)) : (sent ?? {});
}

/** Ends repeats of emergencies; answers how many. */
function end(room: VendorRoom, isMeant: (message: VendorRoom["messages"][number]) => boolean): number {
  const meant = room.messages.filter(isMeant);
  for (const { id } of meant) room.edit(id, { state: "closed" });
  return meant.length;
}

function wordFor(issues: readonly z.core.$ZodIssue[]): Reply {
  const [issue] = issues;
  const field = String(issue?.path[0] ?? "message");
  if (field === "token") return WRONG_TOKEN;
  if (field === "user")
    return refuse(
      400,
      "user",
      "invalid",
      "user identifier is not a valid user, group, or subscribed user key",
    );
  return refuse(400, field, field === "priority" ? "is invalid" : (issue?.message ?? "is invalid"));
}

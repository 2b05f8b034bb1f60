import { z } from "zod";

import { type ChatVendor, json, type Reply, type VendorCall } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { VendorRoom } from "./vendor-room.ts";

/** https://docs.opsgenie.com/docs/response */
const answer = (status: number, rest: object, headers = {}): Reply =>
  json(status, { ...rest, took: 0.001, requestId: "43a29c5c-3dbf-4fa4-9c26-f4f71023e120" }, headers);
const ACCEPTED = answer(202, { result: "Request will be processed" });
const unprocessable = (errors: Readonly<Record<string, string>>): Reply =>
  answer(422, { message: "Request body is not processable. Please check the errors.", errors });

/** The lengths of https://docs.opsgenie.com/docs/alert-api#create-alert, in characters; the words for them are not published. */
const text = (most: number) =>
  z.string().refine((value) => LENGTH.characters(value) <= most, `should not exceed ${most} characters.`);
const responder = z.object({
  type: z.enum(["team", "user", "escalation", "schedule"]),
  id: z.string().optional(),
  name: z.string().optional(),
  username: z.string().optional(),
});
const alert = z.object({
  message: text(130).refine((value) => value.trim() !== "", "can not be empty."),
  alias: text(512).optional(),
  description: text(15_000).optional(),
  responders: z.array(responder).max(50).optional(),
  tags: z.array(text(50)).max(20).optional(),
  details: z
    .record(z.string(), z.string())
    .refine((pairs) => LENGTH.characters(JSON.stringify(pairs)) <= 8000, "should not exceed 8000 characters.")
    .optional(),
  entity: text(512).optional(),
  source: text(100).optional(),
  priority: z.enum(["P1", "P2", "P3", "P4", "P5"]).optional(),
  user: text(100).optional(),
  note: text(25_000).optional(),
});
const closing = z.object({
  user: text(100).optional(),
  source: text(100).optional(),
  note: text(25_000).optional(),
});

/** Opsgenie, and the same API of Jira Service Management under its own path. */
const ALERTS = "^(?:/jsm/ops/integration)?/v2/alerts";

/**
 * Jira Service Management's operations, and Opsgenie until 5 April 2027:
 * https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-alerts
 */
export const opsgenie = {
  type: "opsgenie",
  routes: [
    {
      method: "POST",
      path: new RegExp(`${ALERTS}$`, "u"),
      take: (call, room) => {
        const read = authorized(call, room) ?? room.read(alert, call.json);
        if ("status" in read) return read;
        if ("issues" in read) return call.json === undefined ? UNREADABLE : faultsOf(read.issues);
        const { alias, message } = read.value;
        const open = openAlert(room, alias);
        // One open alert for an alias; a further one counts up: https://support.atlassian.com/opsgenie/docs/what-is-alert-de-duplication
        if (open === undefined) {
          const thread = alias ?? `generated-${room.messages.length + 1}`;
          room.post({ place: "team", thread, text: message, state: "open", body: read.value });
        } else room.edit(open.id, {});
        return ACCEPTED;
      },
    },
    {
      method: "POST",
      path: new RegExp(`${ALERTS}/(?<alias>[^/]+)/close$`, "u"),
      take: (call, room) => {
        const read = authorized(call, room) ?? room.read(closing, call.json ?? {});
        if ("status" in read) return read;
        if ("issues" in read) return faultsOf(read.issues);
        const alias = decodeURIComponent(call.parts["alias"] ?? "");
        // An identifier is an id unless the request says otherwise.
        const isAlias = call.query.get("identifierType") === "alias";
        const open = isAlias ? openAlert(room, alias) : undefined;
        if (open === undefined) room.lose(`no open alert with the ${isAlias ? "alias" : "id"} ${alias}`);
        else room.edit(open.id, { state: "closed" });
        return ACCEPTED;
      },
    },
  ],
  // Changes of the message are not there in Jira Service Management: https://github.com/prometheus/alertmanager/issues/5373
  notFound: answer(404, { message: "Not found" }),
  // https://docs.opsgenie.com/docs/response#failed-responses
  states: {
    "wrong key": answer(401, { message: "Could not authenticate" }),
    "no right to write": answer(403, { message: "You are not authorized to access this resource" }),
    "key is wrong in form": answer(422, { message: "Key format is not valid!" }),
    "account closed": answer(402, { message: "Your account is expired" }),
    unavailable: answer(503, { message: "Service unavailable" }),
  },
  rate: {
    // Per account and dynamic: https://docs.opsgenie.com/docs/api-rate-limiting; the figure is that of one domain in a minute.
    windows: [{ requests: 60, seconds: 60 }],
    refusal: (seconds) =>
      answer(
        429,
        { message: "You are making too many requests!" },
        {
          "x-ratelimit-state": "THROTTLED",
          "x-ratelimit-reason": "ACCOUNT",
          "x-ratelimit-period-in-sec": String(Math.ceil(seconds)),
        },
      ),
  },
} satisfies ChatVendor;

/** Its words are not published. */
const UNREADABLE = answer(400, { message: "Body is not valid JSON" });

/** https://docs.opsgenie.com/docs/authentication */
function authorized({ headers }: VendorCall, { secret }: VendorRoom): Reply | undefined {
  const [, key] = /^GenieKey (\S+)$/u.exec(headers["authorization"] ?? "") ?? [];
  const isRight = key !== undefined && (secret === undefined || key === secret);
  return isRight ? undefined : opsgenie.states["wrong key"];
}

function openAlert({ messages }: VendorRoom, alias: string | undefined) {
  return alias === undefined
    ? undefined
    : messages.findLast(({ thread, state }) => thread === alias && state === "open");
}

function faultsOf(issues: readonly z.core.$ZodIssue[]): Reply {
  const pairs = issues.map(({ path: [key = "body"], message, code }) => {
    const name = String(key);
    const words = code === "custom" ? message : name === "message" ? "can not be empty." : "is not valid.";
    return [name, `${name.charAt(0).toUpperCase()}${name.slice(1)} ${words}`];
  });
  return unprocessable(Object.fromEntries(pairs));
}

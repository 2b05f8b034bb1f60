import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { VendorMessage, VendorRoom } from "./vendor-room.ts";

/**
 * The form, and the words for a key and a severity, are those of https://github.com/PagerDuty/go-pdagent and its tests; the
 * other words are not published.
 */
const invalid = (...errors: readonly string[]): Reply =>
  json(400, { status: "invalid event", message: "Event object is invalid", errors });

/** `missing or blank` for both. */
const filled = z.string("is missing or blank").refine((text) => text.trim() !== "", "is missing or blank");
const SEVERITIES = ["critical", "warning", "error", "info"] as const;

/** https://developer.pagerduty.com/docs/send-alert-event: parameters, and their lengths in characters. */
const common = {
  routing_key: filled.refine(
    (key) => key.trim() === "" || LENGTH.characters(key) === 32,
    "Length of 'routing_key' is incorrect (should be 32 characters)",
  ),
  dedup_key: z
    .string()
    .refine((key) => LENGTH.characters(key) <= 255, "is too long (maximum is 255 characters)")
    .optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
  images: z
    .array(z.object({ src: filled, href: z.string().optional(), alt: z.string().optional() }))
    .optional(),
  links: z.array(z.object({ href: filled, text: z.string().optional() })).optional(),
};
const payload = z.object(
  {
    summary: filled.refine(
      (text) => LENGTH.characters(text) <= 1024,
      "is too long (maximum is 1024 characters)",
    ),
    source: filled,
    severity: filled.refine(
      (text) => text.trim() === "" || (SEVERITIES as readonly string[]).includes(text),
      "is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    ),
    timestamp: z
      .string()
      .refine((time) => !Number.isNaN(Date.parse(time)), "is invalid (must be ISO 8601)")
      .optional(),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.record(z.string(), z.unknown()).optional(),
  },
  "is missing or blank",
);
const followUp = { ...common, payload: payload.optional() };
const event = z.discriminatedUnion(
  "event_action",
  [
    z.object({ event_action: z.literal("trigger"), ...common, payload }),
    z.object({ event_action: z.literal("acknowledge"), ...followUp }),
    z.object({ event_action: z.literal("resolve"), ...followUp }),
  ],
  "is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
);

/** PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview */
export const pagerduty = {
  type: "pagerduty",
  routes: [
    {
      method: "POST",
      path: /^\/v2\/enqueue$/u,
      take: ({ body, json: sent }, room) => {
        if (sent === undefined) return json(400, { status: "invalid event", message: "Invalid JSON" });
        // "Payloads are limited to 512 KB", which others read as 512,000 bytes; 400 is the one code for faults of an event.
        if (LENGTH.bytes(body) > 512_000) return invalid("event is too large (maximum is 512 KB)");
        const read = room.read(event, sent);
        if ("issues" in read)
          return invalid(
            ...read.issues.map(({ path, message }) =>
              message.startsWith("Length") ? message : `'${path.join(".")}' ${message}`,
            ),
          );
        const { dedup_key: key = `generated-${room.messages.length + 1}` } = read.value;
        apply(read.value, key, room);
        return json(202, { status: "success", message: "Event processed", dedup_key: key });
      },
    },
  ],
  notFound: { status: 404, body: "" },
  states: {
    "wrong key": json(400, { status: "invalid event", message: "Invalid routing key", errors: [] }),
    "internal error": { status: 500, body: "" },
  },
  rate: {
    // The limit is dynamic; 120 a minute and key is the figure of the vendor's forum.
    windows: [{ requests: 120, seconds: 60 }],
    of: ({ json: sent }) =>
      String(z.looseObject({ routing_key: z.unknown() }).safeParse(sent).data?.routing_key),
    // No Retry-After is published: "retry after some time".
    refusal: () =>
      json(429, {
        status: "throttle exceeded",
        message: "Requests for this service are arriving too quickly.  Please retry later.",
      }),
  },
} satisfies ChatVendor;

/**
 * https://developer.pagerduty.com/docs/send-alert-event, "Alert De-Duplication": one open alert for a key; what follows
 * nothing is dropped in silence.
 */
function apply(sent: z.infer<typeof event>, key: string, room: VendorRoom): void {
  const place = sent.routing_key;
  const isOpen = (each: VendorMessage): boolean =>
    each.place === place && each.thread === key && each.state !== "closed";
  const open = room.messages.findLast(isOpen);
  if (sent.event_action === "trigger") {
    const { summary } = sent.payload;
    if (open === undefined) room.post({ place, thread: key, text: summary, state: "open", body: sent });
    else room.edit(open.id, { body: sent });
  } else if (open === undefined) {
    room.lose(`no open alert with the key ${key}`);
  } else {
    room.edit(open.id, { state: sent.event_action === "resolve" ? "closed" : "acknowledged" });
  }
}

import { z } from "zod";

import { type ChatVendor, json, type Reply, type VendorCall } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { VendorRoom } from "./vendor-room.ts";

/** The codes and words of https://github.com/binwiederhier/ntfy/blob/main/server/errors.go */
const refuse = (code: number, error: string, link = ""): Reply =>
  json(Math.trunc(code / 100), {
    code,
    http: Math.trunc(code / 100),
    error,
    ...(link === "" ? {} : { link }),
  });
const DOCS = "https://ntfy.sh/docs/publish/";
const FORBIDDEN = refuse(40_301, "forbidden", `${DOCS}#authentication`);

/** Action buttons: https://github.com/binwiederhier/ntfy/blob/main/server/actions.go */
const action = z
  .object({
    action: z.string().optional(),
    label: z.string().optional(),
    url: z.string().optional(),
    clear: z.boolean().optional(),
    method: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    intent: z.string().optional(),
    extras: z.record(z.string(), z.string()).optional(),
  })
  .check(({ value: { action: kind = "", label = "", url = "" }, issues, value }) => {
    const fault = !["view", "broadcast", "http"].includes(kind)
      ? `action '${kind}' unknown`
      : label === ""
        ? "parameter 'label' is required"
        : kind !== "broadcast" && url === ""
          ? `parameter 'url' is required for action '${kind}'`
          : undefined;
    if (fault !== undefined) issues.push({ code: "custom", input: value, message: fault });
  });
/** https://docs.ntfy.sh/publish/#publish-as-json; Go drops keys that it does not know. */
const message = z.object({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/u),
  message: z.string().optional(),
  title: z.string().optional(),
  tags: z.array(z.string()).optional(),
  priority: z.int().min(0).max(5).optional(),
  actions: z.array(action).max(3).optional(),
  click: z.string().optional(),
  icon: z.string().optional(),
  markdown: z.boolean().optional(),
  delay: z.string().optional(),
  // `sequenceIDRegex` in https://github.com/binwiederhier/ntfy/blob/main/server/server.go, from 2.16 on.
  sequence_id: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/u)
    .optional(),
});

/** ntfy 2.16 and later: https://docs.ntfy.sh/publish */
export const ntfy = {
  type: "ntfy",
  routes: [
    {
      method: "POST",
      path: /^\/$/u,
      take: (call, room) => {
        // A message as JSON may have twice the bytes of a message: `transformBodyJSON` in its server.go.
        if (LENGTH.bytes(call.body) > 2 * 4096) return refuse(41_303, "JSON body too large");
        const read = room.read(message, call.json);
        if ("issues" in read) return wordFor(read.issues);
        if (!isAllowed(call, room)) return FORBIDDEN;
        const { topic, title = "", message: written = "", sequence_id: sequence } = read.value;
        // A longer message becomes a file: https://docs.ntfy.sh/publish/#limitations
        const isFile = LENGTH.bytes(written) > 4096;
        if (isFile) room.lose("the message became a file");
        const shown = isFile ? "You received a file: attachment.txt" : written === "" ? "triggered" : written;
        const labels = (read.value.actions ?? []).map(({ label }) => label);
        const text = [title, shown, ...labels].filter(Boolean).join("\n");
        const old = room.messages.findLast((each) => each.place === topic && each.thread === sequence);
        const isUpdate = sequence !== undefined && old !== undefined;
        const made = isUpdate
          ? room.edit(old.id, { text, body: read.value })
          : room.post({ place: topic, thread: sequence, text, body: read.value });
        return json(200, {
          id: made?.id,
          time: Math.floor(room.now / 1000),
          event: "message",
          ...read.value,
        });
      },
    },
  ],
  notFound: refuse(40_401, "page not found"),
  states: {
    unauthorized: refuse(40_101, "unauthorized", `${DOCS}#authentication`),
    forbidden: FORBIDDEN,
    "daily messages used up": refuse(
      42_908,
      "limit reached: daily message quota reached",
      `${DOCS}#limitations`,
    ),
    "internal error": refuse(50_001, "internal server error"),
  },
  rate: {
    // A burst of 60, then one each 5 seconds: https://docs.ntfy.sh/publish/#limitations
    windows: [{ requests: 60, seconds: 300 }],
    refusal: () => refuse(42_901, "limit reached: too many requests", `${DOCS}#limitations`),
  },
} satisfies ChatVendor;

/** https://docs.ntfy.sh/publish/#authentication: a topic without rights is open to all. */
function isAllowed({ headers }: VendorCall, { secret }: VendorRoom): boolean {
  if (secret === undefined) return true;
  const [, scheme = "", given = ""] = /^(\w+) (\S+)$/u.exec(headers["authorization"] ?? "") ?? [];
  return scheme === "Basic" ? Buffer.from(given, "base64").toString() === secret : given === secret;
}

function wordFor(issues: readonly z.core.$ZodIssue[]): Reply {
  const [issue] = issues;
  switch (String(issue?.path[0])) {
    case "topic":
      return refuse(40_009, "invalid request: topic invalid");
    case "priority":
      return refuse(40_007, "invalid priority parameter", `${DOCS}#message-priority`);
    case "sequence_id":
      return refuse(
        40_049,
        "invalid request: sequence ID invalid",
        `${DOCS}#updating-deleting-notifications`,
      );
    case "actions": {
      const words = issue?.code === "too_big" ? "only 3 actions allowed" : issue?.message;
      return refuse(40_018, `invalid request: actions invalid, ${words}`, `${DOCS}#action-buttons`);
    }
    default:
      return refuse(40_017, "invalid request: request body must be message JSON", `${DOCS}#publish-as-json`);
  }
}

import { z } from "zod";

import { PositiveDuration } from "../../lib/duration.ts";
import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { type ChatCall, defineChatSink, type LaterStep, type Reading } from "../../sink/chat/index.ts";
import { hasEmergencies, linkOf, toPush } from "./push.ts";
import { WORDS } from "./words.ts";

/** https://pushover.net/api#priority, https://pushover.net/api#ttl */
const LIMITS = { retry: 30_000, expire: 3 * 60 * 60_000, ttl: 365 * 24 * 60 * 60_000 } as const;

const Priority = z.int({ error: "expected -2 (the lowest) to 2 (an emergency)" }).min(-2).max(2);

const Options = strict({
  token: SecretRef.describe("the API token of an application at Pushover"),
  user: SecretRef.describe("the key of a user or a group"),
  priorities: strict({
    critical: Priority.default(1),
    warning: Priority.default(0),
    info: Priority.default(-1),
  })
    .prefault({})
    .describe("the priority for each severity, -2 to 2; an end has 0 at most"),
  retry: PositiveDuration.refine((ms) => ms >= LIMITS.retry, { message: "must be 30s at least" })
    .prefault("1m")
    .describe("how often an emergency (priority 2) rings until somebody acknowledges it"),
  expire: PositiveDuration.refine((ms) => ms <= LIMITS.expire, { message: "must be 3h at most" })
    .prefault("1h")
    .describe("how long an emergency rings"),
  ttl: PositiveDuration.refine((ms) => ms <= LIMITS.ttl, { message: "must be 365d at most" })
    .optional()
    .describe("how long a message stays on phones; emergencies stay"),
  url: PlainOrSecret.default("https://api.pushover.net/1").describe("another address of the API"),
});
/** It calls nobody by a mention: the key names who is called. */
type Options = z.infer<typeof Options> & { readonly mentions?: undefined };

/** https://pushover.net/api#response */
const Answer = z.object({
  status: z.int(),
  receipt: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
});

/** Pushes to the phones of a user or a group of Pushover. */
export const pushover = defineChatSink<Options>({
  type: "pushover",
  options: Options,
  // Pushover asks for no more than two connections, and gives an application 10,000 messages a month.
  traits: (options) => ({
    rateLimit: { count: 5, perMs: 10_000 },
    concurrency: 1,
    // The end of a group ends its emergencies.
    ...(hasEmergencies(options) ? { merge: false } : {}),
  }),
  connect: ({ url, token, user }, open) => {
    const [server, application, key] = [open(url), open(token), open(user)];
    return {
      target: () => ({
        url: server.reveal(),
        fields: { token: application.reveal(), user: key.reveal() },
      }),
    };
  },
  render: (message) => ({ path: "/messages.json", body: { ...toPush(message), ...linkOf(message) } }),
  plain: (message) => ({ path: "/messages.json", body: toPush(message) }),
  answers: { read, words: WORDS },
  // A message cannot be changed; to "edit" an emergency is to end its ringing.
  thread: { abilities: { thread: false, edit: true, quietEdits: true, broadcast: false }, at: cancel },
});

const Tagged = z.object({ tags: z.string() });

/** A newer message rings instead of the first one; the end ends all that rings for the group. */
function cancel({ body }: ChatCall, step: LaterStep): ChatCall {
  const { data } = Tagged.safeParse(body);
  const isEnd = step.do === "edit" && step.to === "end";
  const named =
    isEnd && data !== undefined
      ? `cancel_by_tag/${encodeURIComponent(data.tags)}`
      : `${encodeURIComponent(step.thread)}/cancel`;
  return { path: `/receipts/${named}.json`, body: {} };
}

/** An emergency has a receipt, by which its ringing can be ended. */
function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  if (data.status === 1) return { says: "yes", ...(data.receipt === undefined ? {} : { ref: data.receipt }) };
  const reason = (data.errors ?? []).join("; ");
  const said = reason.toLowerCase();
  const word = [...WORDS.keys()].find((known) => said.includes(known));
  return {
    says: "no",
    ...(word === undefined ? {} : { word }),
    ...(reason === "" ? {} : { reason }),
  };
}

import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import {
  type ChatMessage,
  defineChatSink,
  DIALECTS,
  fit,
  jsonBytes,
  layOut,
  type Reading,
} from "../../sink/chat/index.ts";
import { WORDS } from "./words.ts";

/** Bytes: a longer message becomes a file, and one as JSON has 8,192 in all (https://docs.ntfy.sh/publish/#limitations). */
const LIMITS = { title: 400, message: 3200, click: 1000 } as const;

/** Buttons of a message. */
const MOST_ACTIONS = 3;

/** Apps make links of addresses in a text. */
const DIALECT = { ...DIALECTS.defused, measure: jsonBytes };

const Priority = z.int({ error: "expected 1 (the lowest) to 5" }).min(1).max(5);

const Options = strict({
  topic: z
    .string()
    .regex(/^[\w-]{1,64}$/u, { error: "a topic has letters, digits, _ and -, at most 64" })
    .describe("the topic; on a public server it is as good as a password"),
  url: PlainOrSecret.default("https://ntfy.sh").describe("the server"),
  token: SecretRef.optional().describe("an access token; for name and password use auth.basic"),
  priorities: strict({
    critical: Priority.default(5),
    warning: Priority.default(4),
    info: Priority.default(2),
  })
    .prefault({})
    .describe("the priority for each severity, 1 to 5; an end has 2"),
});
/** It calls nobody by a mention: everybody who follows the topic is called. */
type Options = z.infer<typeof Options> & { readonly mentions?: undefined };

/** An end does not wake anybody. */
const PRIORITY_OF_END = 2;

const Answer = z.object({
  id: z.string().optional().catch(undefined),
  code: z.int().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/** Pushes to the phones that follow a topic of ntfy; one notification for each group, brought up to date in place. */
export const ntfy = defineChatSink<Options>({
  type: "ntfy",
  options: Options,
  // A burst of 60, then one each five seconds: https://docs.ntfy.sh/publish/#limitations
  traits: () => ({ rateLimit: { count: 10, perMs: 52_000 }, concurrency: 1, merge: false }),
  connect: ({ url, token }, open) => {
    const [server, secret] = [open(url), token === undefined ? undefined : open(token)];
    return {
      target: () => ({
        url: server.reveal(),
        ...(secret === undefined ? {} : { headers: { authorization: `Bearer ${secret.reveal()}` } }),
      }),
    };
  },
  render: (message) => ({ body: { ...contentOf(message), ...extrasOf(message) } }),
  plain: (message) => ({ body: contentOf(message) }),
  answers: { read, words: WORDS },
});

function contentOf({ shown, notification, options, now }: ChatMessage<Options>): object {
  const { topic, priorities } = options;
  const isFiring = notification.status === "firing";
  const title = fit(`${shown.sign} ${shown.headline}`, LIMITS.title, DIALECT.text, jsonBytes);
  const text = layOut(
    { ...shown, links: [] },
    { dialect: DIALECT, limit: LIMITS.message, now, without: ["headline"] },
  );
  return {
    topic,
    title,
    message: text === "" ? shown.cluster : text,
    priority: isFiring ? priorities[notification.severity] : PRIORITY_OF_END,
  };
}

/** The place of the group's notification, and where a tap leads. */
function extrasOf({ shown, notification }: ChatMessage<Options>): object {
  const { alert } = notification.links;
  const links = shown.links.filter(({ url }) => url.length <= LIMITS.click);
  const actions = links.slice(0, MOST_ACTIONS).map(({ label, url }) => ({ action: "view", label, url }));
  return {
    sequence_id: sequenceOf(notification),
    ...(alert === null || alert.length > LIMITS.click ? {} : { click: alert }),
    ...(actions.length === 0 ? {} : { actions }),
  };
}

/** Groups of two clusters may have one key, and their notifications one topic. */
function sequenceOf({ cluster, group }: Pick<Notification, "cluster" | "group">): string {
  return fingerprint([cluster, group.key]);
}

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  const { id, code, error } = data;
  if (code === undefined && error === undefined) return id === undefined ? undefined : { says: "yes" };
  return {
    says: "no",
    ...(code === undefined ? {} : { word: String(code) }),
    ...(error === undefined ? {} : { reason: error }),
  };
}

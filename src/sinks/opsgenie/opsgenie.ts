import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { type ChatCall, type ChatMessage, defineChatSink } from "../../sink/chat/index.ts";
import { aliasOf, toAlert, toEnd, toPlainAlert } from "./alert-body.ts";
import { readAnswer } from "./read-answer.ts";
import { WORDS } from "./words.ts";

/** Jira Service Management speaks the same API since Opsgenie is sold no more. */
const JSM = "https://api.atlassian.com/jsm/ops/integration";

const OPSGENIE = /(?:^|\.)opsgenie\.com$/u;

const Priority = z.enum(["P1", "P2", "P3", "P4", "P5"], { error: "expected P1 (the highest) to P5" });

const Responder = strict({
  type: z.enum(["team", "user", "escalation", "schedule"]),
  id: z.string().min(1).max(100).optional(),
  name: z.string().min(1).max(100).optional(),
  username: z.string().min(1).max(100).optional(),
}).refine(({ id, name, username }) => [id, name, username].filter((one) => one !== undefined).length === 1, {
  error: "name it by one of id, name (a team, escalation or schedule) and username (a user)",
});

const Options = strict({
  key: SecretRef.describe("the API key of an integration"),
  url: PlainOrSecret.default(JSM).describe(
    "another server of this API; by default that of Jira Service Management",
  ),
  priorities: strict({
    critical: Priority.default("P1"),
    warning: Priority.default("P3"),
    info: Priority.default("P5"),
  })
    .prefault({})
    .describe("the priority for each severity"),
  responders: z
    .array(Responder)
    .max(50)
    .default([])
    .describe("who is notified, beside those of the integration: { type: team, name: ops }"),
});
/** It calls nobody by a mention: schedules do that. */
type Options = z.infer<typeof Options> & { readonly mentions?: undefined };

/** Opens and closes alerts in Jira Service Management, or in Opsgenie until it ends: one for each group. */
export const opsgenie = defineChatSink<Options>({
  type: "opsgenie",
  options: Options,
  advise: ({ url }) =>
    typeof url === "string" && OPSGENIE.test(URL.parse(url)?.hostname ?? "")
      ? [
          {
            level: "warning",
            path: ["url"],
            message:
              "Opsgenie ends on 5 April 2027: move to Jira Service Management, and leave url out (docs/sinks/opsgenie.md)",
          },
        ]
      : [],
  // The limit follows the size of an account; a minute of a small one has 60.
  traits: () => ({ rateLimit: { count: 5, perMs: 5500 }, concurrency: 1, merge: false }),
  connect: ({ key, url }, open) => {
    const [server, secret] = [open(url), open(key)];
    return {
      target: () => ({
        url: `${server.reveal().replace(/\/$/u, "")}/v2/alerts`,
        headers: { authorization: `GenieKey ${secret.reveal()}` },
      }),
    };
  },
  render: (message) => callOf(message, toAlert(message, message.options)),
  plain: (message) => callOf(message, toPlainAlert(message, message.options)),
  answers: { read: readAnswer, words: WORDS },
});

function callOf(message: ChatMessage<Options>, body: object): ChatCall {
  if (message.notification.status === "firing") return { body };
  const path = `/${encodeURIComponent(aliasOf(message.notification))}/close`;
  return { path, query: { identifierType: "alias" }, body: toEnd(message) };
}

import type { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineChatSink, mentionsOption } from "../../sink/chat/index.ts";
import { toCard, toPlainCard } from "./card.ts";
import { readAnswer } from "./read-answer.ts";
import { WORDS } from "./words.ts";

/** Connectors ended in May 2026; their addresses take nothing any more. */
const CONNECTOR = /(?:^|\.)webhook\.office(?:365)?\.com$/u;
/** Addresses of workflows from before November 2025. */
const OLD_WORKFLOW = /(?:^|\.)logic\.azure\.com$/u;

const NO_CONNECTORS =
  "the address of an Office 365 connector, which Microsoft has ended: make a workflow (docs/sinks/teams.md) and use its address";

const Options = strict({
  url: SecretRef.refine((ref) => typeof ref !== "string" || !CONNECTOR.test(hostOf(ref)), {
    error: NO_CONNECTORS,
  }).describe("the URL of a workflow: everyone who has it can post"),
  mentions: mentionsOption(
    /^[^\s@<>"&]{1,64}@[\w.-]{1,255}$/u,
    "write a person's sign-in name, such as kim@example.com",
  ),
});
type Options = z.infer<typeof Options>;

/** Posts cards to one channel or chat of Microsoft Teams through a workflow. */
export const teams = defineChatSink<Options>({
  type: "teams",
  options: Options,
  advise: ({ url }) =>
    typeof url === "string" && OLD_WORKFLOW.test(hostOf(url))
      ? [
          {
            level: "warning",
            path: ["url"],
            message:
              "an address of logic.azure.com, which Microsoft switched off in November 2025: copy the workflow's address again",
          },
        ]
      : [],
  // 4 a second and 100 an hour are documented for connectors; a workflow drops what is too much after it has said yes.
  traits: () => ({ rateLimit: { count: 4, perMs: 152_000 }, concurrency: 1 }),
  connect: ({ url }, open) => {
    const address = open(url);
    return {
      target: () => {
        const revealed = address.reveal();
        if (CONNECTOR.test(hostOf(revealed))) throw DeliveryError.broken("misconfigured", NO_CONNECTORS);
        return { url: revealed };
      },
    };
  },
  render: (message) => ({ body: toCard(message) }),
  plain: (message) => ({ body: toPlainCard(message) }),
  answers: { read: readAnswer, words: WORDS },
});

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? "";
}

import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineChatSink, type Reading } from "../../sink/chat/index.ts";
import { choiceOption, choosing, chosenName, valuesOf } from "../../sink/options/index.ts";
import { toEvent, toPlainEvent } from "./event.ts";
import { isWrongKey, WRONG_KEY, WORDS } from "./words.ts";

const PagerDutySeverity = z.enum(["critical", "error", "warning", "info"], {
  error: "expected critical, error, warning or info, as PagerDuty has them",
});

const Options = strict({
  routingKey: choiceOption(SecretRef, { one: "a routing key", many: "routing keys" }).describe(
    "the integration key of a service, or { by, of, else } for keys by a label",
  ),
  severities: strict({
    critical: PagerDutySeverity.default("critical"),
    warning: PagerDutySeverity.default("warning"),
    info: PagerDutySeverity.default("info"),
  })
    .prefault({})
    .describe("PagerDuty's severity for each of Tocsin's"),
  region: z.enum(["us", "eu"]).default("us").describe("where the account is"),
  url: PlainOrSecret.optional().describe("another address of the Events API, such as that of a relay"),
});
/** It calls nobody by a mention: PagerDuty has schedules for that. */
type Options = z.infer<typeof Options> & { readonly mentions?: undefined };

const SERVERS = { us: "https://events.pagerduty.com", eu: "https://events.eu.pagerduty.com" } as const;

/** The answer to an event, https://developer.pagerduty.com/docs/send-alert-event#responses */
const Answer = z.object({
  status: z.string(),
  message: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
});

/** Opens and closes alerts in PagerDuty, one for each group. */
export const pagerduty = defineChatSink<Options>({
  type: "pagerduty",
  options: Options,
  // PagerDuty documents no figure; 120 a minute for each key are known to pass.
  traits: ({ routingKey }) => ({
    rateLimit: { count: 4, perMs: 2200 },
    concurrency: 1,
    merge: false,
    chooses: choosing(routingKey),
  }),
  destinationOf: (notification, { routingKey }) => chosenName(routingKey, notification),
  connect: ({ routingKey, region, url }, open) => {
    const keys = new Map([...valuesOf(routingKey)].map(([name, ref]) => [name, open(ref)]));
    const server = url === undefined ? undefined : open(url);
    return {
      target: (_, destination) => {
        const key = keys.get(destination) ?? keys.get("else");
        return {
          url: `${(server?.reveal() ?? SERVERS[region]).replace(/\/$/u, "")}/v2/enqueue`,
          fields: { routing_key: key?.reveal() },
        };
      },
    };
  },
  render: (message) => ({ body: toEvent(message, message.options.severities) }),
  plain: (message) => ({ body: toPlainEvent(message, message.options.severities) }),
  answers: { read, words: WORDS },
});

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  if (data.status === "success") return { says: "yes" };
  const reason = [data.message ?? "", ...(data.errors ?? [])].filter((part) => part !== "").join(": ");
  return { says: "no", ...(isWrongKey(reason) ? { word: WRONG_KEY } : {}), reason };
}

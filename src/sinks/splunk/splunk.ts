import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineRecordSink } from "../../sink/records/index.ts";
import { hecEventOf } from "./hec-event-of.ts";
import { verdictOf } from "./verdict-of.ts";

const Options = strict({
  url: PlainOrSecret.describe(
    "Splunk's HTTP Event Collector; without a path /services/collector/event is meant",
  ),
  token: SecretRef.describe("a token of the collector, without indexer acknowledgment"),
  index: z
    .string()
    .regex(/^[a-z0-9_][a-z0-9_-]{0,79}$/u, { error: "an index has small letters, digits, _ and -" })
    .optional()
    .describe("the index, where it is not that of the token"),
});
type Options = z.infer<typeof Options>;

/** Writes records to Splunk's HTTP Event Collector. */
export const splunk = defineRecordSink<Options, string>({
  type: "splunk",
  options: Options,
  shows: true,
  // Splunk Cloud takes 1 MB: docs/sinks/splunk.md#limits
  maxBytes: 1_000_000,
  path: "/services/collector/event",
  open: ({ url, token, index }, context) => {
    const address = context.secret(url);
    const key = context.secret(token);
    return {
      urls: () => [address.reveal()],
      toItem: (record, json) => hecEventOf(record, json, index),
      toBody: (events) => events.join(""),
      headers: () => ({ "content-type": "application/json", authorization: `Splunk ${key.reveal()}` }),
      judge: verdictOf,
    };
  },
});

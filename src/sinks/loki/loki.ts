import { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { defineRecordSink } from "../../sink/records/index.ts";
import { type LokiEntry, toEntry } from "./entry.ts";
import { toPush } from "./push.ts";

/** Labels that an Event gives; further ones are of the configuration. */
const OF_EVENTS = new Set(["cluster", "namespace", "type"]);

/** With the three of Events, and `service_name` which Loki adds itself, they are 15: `max_label_names_per_series`. */
const MOST_LABELS = 11;

const Labels = z.record(z.string(), z.string().min(1).max(1024)).superRefine((labels, context) => {
  const fault = (message: string, path: string[] = []): void =>
    context.addIssue({ code: "custom", message, path });
  if (Object.keys(labels).length > MOST_LABELS) fault(`at most ${MOST_LABELS} labels: Loki takes 15`);
  for (const name of Object.keys(labels)) {
    if (OF_EVENTS.has(name)) fault("this label comes from the Event", [name]);
    else if (!/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/u.test(name))
      fault("a label has letters, digits and _, and does not begin with a digit or __", [name]);
  }
});

const Options = strict({
  url: PlainOrSecret.describe("Loki, or what stands before it; without a path /loki/api/v1/push is meant"),
  labels: Labels.default({ job: "tocsin" }).describe("fixed labels beside cluster, namespace and type"),
  tenant: z
    .string()
    .regex(/^[!-~]{1,150}$/u, { error: "a tenant has at most 150 characters, and no blanks" })
    .optional()
    .describe("the tenant, for X-Scope-OrgID"),
});
type Options = z.infer<typeof Options>;

/** Pushes records to Loki as lines of JSON. */
export const loki = defineRecordSink<Options, LokiEntry>({
  type: "loki",
  options: Options,
  shows: true,
  // Below the 4 MB of gRPC messages inside of Loki: docs/sinks/loki.md#limits
  maxBytes: 3_000_000,
  path: "/loki/api/v1/push",
  open: ({ url, labels, tenant }, context) => {
    const address = context.secret(url);
    let withMetadata = true;
    return {
      urls: () => [address.reveal()],
      toItem: (record, json) => toEntry(record, json, context.clock.now()),
      toBody: (entries) => toPush(entries, { labels, withMetadata }),
      headers: () => ({
        "content-type": "application/json",
        ...(tenant === undefined ? {} : { "x-scope-orgid": tenant }),
      }),
      judge: ({ status, body, error }) => {
        // Loki's own status for a tenant whose writing is blocked: it has stored nothing.
        if (status === 260)
          return DeliveryError.broken("unauthorized", "Loki blocks writing for this tenant");
        if (status !== 400 || !withMetadata || !/structured metadata/iu.test(body)) return error;
        withMetadata = false;
        context.log.info("this Loki takes no structured metadata: its lines have the same values");
        return DeliveryError.transient("rejected", "Loki takes no structured metadata, so none is sent now");
      },
    };
  },
});

import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { addressOf, AWS_FIELDS, defineAwsSink, ENDPOINT_FIELD } from "../../sink/aws/index.ts";
import { outcomesOf } from "./outcomes-of.ts";

const Options = strict({
  bus: z
    .string()
    .regex(/^(?:arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/u, {
      error: "expected the name of an event bus, or its ARN",
    })
    .default("default")
    .describe("the event bus, by its name or its ARN"),
  ...ENDPOINT_FIELD,
  ...AWS_FIELDS,
});
type Options = z.infer<typeof Options>;

/** Puts records on a bus of Amazon EventBridge. */
export const eventbridge = defineAwsSink<Options>({
  type: "eventbridge",
  title: "EventBridge",
  service: "events",
  options: Options,
  // docs/sinks/eventbridge.md#limits
  maxBytes: 1_000_000,
  open: ({ bus, endpoint, region }, context) => {
    const own = region ?? /^arn:[^:]+:events:([^:]+)/u.exec(bus)?.[1];
    const { AWS_REGION, AWS_DEFAULT_REGION } = context.env;
    return {
      url: addressOf("events", endpoint, {
        context,
        regionOf: () => [own, AWS_REGION, AWS_DEFAULT_REGION].find(Boolean) ?? "",
      }),
      region: () => own,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
      toBody: (entries) =>
        JSON.stringify({
          Entries: entries.map(({ record, json }) => ({
            EventBusName: bus,
            Source: "tocsin",
            DetailType: "Kubernetes Event",
            // Whole seconds since 1970.
            Time: Math.floor(Date.parse(record.event.lastSeen) / 1000),
            Detail: json,
          })),
        }),
      outcomes: outcomesOf,
    };
  },
});

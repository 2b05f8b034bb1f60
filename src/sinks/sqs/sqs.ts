import type { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { AWS_FIELDS, defineAwsSink, fifoIds } from "../../sink/aws/index.ts";
import { outcomesOf } from "./outcomes-of.ts";

const Options = strict({
  queueUrl: PlainOrSecret.describe("the queue; one whose name ends in .fifo gets the ids that it demands"),
  ...AWS_FIELDS,
});
type Options = z.infer<typeof Options>;

/** Sends records to a queue of Amazon SQS. */
export const sqs = defineAwsSink<Options>({
  type: "sqs",
  title: "SQS",
  service: "sqs",
  options: Options,
  // docs/sinks/sqs.md#limits
  maxBytes: 1_048_576,
  open: ({ queueUrl }, context) => {
    const queue = context.secret(queueUrl);
    return {
      // The JSON protocol has the queue in its body, and every call at the root.
      url: () => rootOf(queue.reveal()),
      region: () => regionOf(queue.reveal()),
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessageBatch" },
      toBody: (entries) => {
        const QueueUrl = queue.reveal();
        const isFifo = QueueUrl.endsWith(".fifo");
        const Entries = entries.map(({ record, json }, index) => ({
          Id: String(index),
          MessageBody: json,
          ...(isFifo ? fifoIds(record) : {}),
        }));
        return JSON.stringify({ QueueUrl, Entries });
      },
      outcomes: outcomesOf,
    };
  },
});

function rootOf(queueUrl: string): string {
  return URL.parse("/", queueUrl)?.href ?? queueUrl;
}

/** `https://sqs.eu-central-1.amazonaws.com/…`, also in its older form, `https://eu-central-1.queue.amazonaws.com/…`. */
function regionOf(queueUrl: string): string | undefined {
  const { hostname = "" } = URL.parse(queueUrl) ?? {};
  const [, newer, older] =
    /^(?:sqs(?:-fips)?\.([^.]+)|([^.]+)\.queue)\.(?:amazonaws|api\.aws)/u.exec(hostname) ?? [];
  return newer ?? older;
}

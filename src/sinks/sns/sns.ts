import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import {
  addressOf,
  AWS_FIELDS,
  type AwsEntry,
  defineAwsSink,
  ENDPOINT_FIELD,
  fifoIds,
} from "../../sink/aws/index.ts";
import { outcomesOf } from "./outcomes-of.ts";

/** Partition, region, account, name. */
const TOPIC_ARN = /^arn:aws[\w-]*:sns:(?<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}(?:\.fifo)?$/u;

const Options = strict({
  topicArn: z
    .string()
    .regex(TOPIC_ARN, {
      error: "expected the ARN of a topic, such as arn:aws:sns:eu-central-1:123456789012:events",
    })
    .describe("the topic; one whose name ends in .fifo gets the ids that it demands"),
  ...ENDPOINT_FIELD,
  ...AWS_FIELDS,
});
type Options = z.infer<typeof Options>;

/** Publishes records to a topic of Amazon SNS. */
export const sns = defineAwsSink<Options>({
  type: "sns",
  title: "SNS",
  service: "sns",
  options: Options,
  // docs/sinks/sns.md#limits
  maxBytes: 262_144,
  open: ({ topicArn, endpoint, region }, context) => {
    const own = TOPIC_ARN.exec(topicArn)?.groups?.["region"] ?? "";
    return {
      url: addressOf("sns", endpoint, { context, regionOf: () => region ?? own }),
      region: () => own,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      toBody: (entries) => formOf(topicArn, entries),
      outcomes: outcomesOf,
    };
  },
});

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html: SNS has no JSON protocol. */
function formOf(topicArn: string, entries: readonly AwsEntry[]): string {
  const form = new URLSearchParams({ Action: "PublishBatch", Version: "2010-03-31", TopicArn: topicArn });
  const isFifo = topicArn.endsWith(".fifo");
  for (const [index, { record, json }] of entries.entries()) {
    const entry = { Id: String(index), Message: json, ...(isFifo ? fifoIds(record) : {}) };
    for (const [name, value] of Object.entries(entry))
      form.set(`PublishBatchRequestEntries.member.${index + 1}.${name}`, value);
  }
  return form.toString();
}

import { z } from "zod";

import { byId } from "../../sink/aws/index.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const Answer = z.object({
  Successful: z.array(z.object({ Id: z.string() })).default([]),
  Failed: z
    .array(
      z.object({
        Id: z.string(),
        Code: z.string().default("an error"),
        Message: z.string().default(""),
        SenderFault: z.boolean().optional(),
      }),
    )
    .default([]),
});

/** The outcome of each message of a batch; undefined for a body that is no such answer. */
export function outcomesOf(body: string, count: number): ReturnType<typeof byId> | undefined {
  const answer = parse(body);
  if (answer === undefined) return undefined;
  const { Successful, Failed } = answer;
  if (Successful.length + Failed.length === 0) return undefined;
  return byId(
    [
      ...Successful.map(({ Id: id }) => ({ id })),
      ...Failed.map(({ Id: id, Code: code, Message: message, SenderFault: isSenderFault }) => ({
        id,
        error: { code, message, isSenderFault },
      })),
    ],
    count,
  );
}

function parse(body: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

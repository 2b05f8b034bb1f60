import { byId, elementsOf, type NamedOutcome, textOf } from "../../sink/aws/index.ts";

/**
 * The outcome of each message of a batch (https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html); undefined for
 * a body that is no such answer.
 */
export function outcomesOf(body: string, count: number): ReturnType<typeof byId> | undefined {
  if (!body.includes("<PublishBatchResult>")) return undefined;
  const found = elementsOf(body, "member").map((member): NamedOutcome => {
    const id = textOf(member, "Id");
    const code = textOf(member, "Code");
    if (code === undefined) return { id };
    const isSenderFault = textOf(member, "SenderFault") !== "false";
    return { id, error: { code, message: textOf(member, "Message") ?? "", isSenderFault } };
  });
  return byId(found, count);
}

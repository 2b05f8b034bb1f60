import { z } from "zod";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html: entries in the order of the request. */
const Answer = z.object({
  FailedEntryCount: z.int().optional(),
  Entries: z.array(z.object({ ErrorCode: z.string().nullish(), ErrorMessage: z.string().nullish() })),
});

/** A refused event, as `AwsError` has it. */
interface RefusedEvent {
  readonly code: string;
  readonly message: string;
  readonly isSenderFault: boolean;
}

/** Words for events that are wrong in themselves (the page of the call, and of its errors). */
const OF_THE_EVENT =
  /^(?:InvalidArgument|MalformedDetail|InvalidParameter|Validation|.*TooLarge|.*SizeExceeded)/u;

/** The outcome of each event of a request; undefined for a body that is no such answer. */
export function outcomesOf(body: string): readonly (RefusedEvent | undefined)[] | undefined {
  return parse(body)?.Entries.map(({ ErrorCode: code, ErrorMessage: message }) =>
    typeof code === "string"
      ? { code, message: message ?? "", isSenderFault: OF_THE_EVENT.test(code) }
      : undefined,
  );
}

function parse(body: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

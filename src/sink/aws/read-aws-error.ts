import { z } from "zod";

import { textOf } from "./xml.ts";

/** A refusal in the words of AWS. */
export interface AwsError {
  /** Without namespace: `AccessDenied`. */
  readonly code: string;
  readonly message: string;
  /** Whether it blames the request; undefined when it does not say. */
  readonly isSenderFault?: boolean | undefined;
}

/** The JSON protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization). */
const JsonError = z.object({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** Reads the answer of a service that refuses, in JSON or in XML; undefined when it is something else. */
export function readAwsError(body: string): AwsError | undefined {
  if (body.includes("<Code>")) {
    const code = textOf(body, "Code");
    return code === undefined ? undefined : { code: plain(code), message: textOf(body, "Message") ?? "" };
  }
  try {
    const { data } = JsonError.safeParse(JSON.parse(body));
    if (data === undefined) return undefined;
    return { code: plain(data.__type), message: data.message ?? data.Message ?? "" };
  } catch {
    return undefined;
  }
}

/** `com.amazonaws.sqs#QueueDoesNotExist`, `AWS.SimpleQueueService.BatchRequestTooLong`: the last part. */
function plain(code: string): string {
  return /[\w-]+$/u.exec(code.split(":", 1)[0] ?? "")?.[0] ?? code;
}

import { expect } from "vitest";

import type { RecordOutcome, SinkType } from "../../src/sink/index.ts";
import { noDeadline } from "./deadline.ts";
import { makeSink } from "./describe-sink.ts";
import { type Answer, type FakeReceiver, startReceiver } from "./fake-receiver.ts";
import { makeRecord } from "./notifications.ts";

/** A key for tests. */
export const AWS_KEY = { credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "s-e-c-r-e-t" } };

/** The option `credentials` with this text in each of its secrets. */
export function awsCredentials(secret: string): Readonly<Record<string, string>> {
  return { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken: `session-${secret}` };
}

/** The parts of the suite that are the same for every service of AWS. */
export const AWS_CASE = {
  authorization: (): unknown => expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//u),
  needsWholeAnswer: true,
} as const;

/** Writes the records `a`, `b` and `c` to a service that answers so. @returns The outcomes, or what was thrown. */
export async function writeThree(
  type: SinkType,
  answer: Answer,
  optionsOf: (url: string) => Readonly<Record<string, unknown>>,
): Promise<{ readonly result: unknown; readonly requests: FakeReceiver["requests"] }> {
  await using receiver = await startReceiver(answer);
  const { sink } = makeSink(type, { ...AWS_KEY, ...optionsOf(receiver.url) });
  const records = ["a", "b", "c"].map((id) => makeRecord(id));
  const write = async (): Promise<readonly RecordOutcome[] | undefined> =>
    sink.write?.(records, noDeadline());
  const result: unknown = await write().catch((error: unknown) => error);
  await sink.close();
  return { result, requests: receiver.requests };
}

import { describe, expect, it } from "vitest";

import { sns } from "../../../src/sinks/sns/sns.ts";
import { AWS_CASE, AWS_KEY, awsCredentials, writeThree } from "../../support/aws-sinks.ts";
import { describeSink, failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { type Answer, startReceiver } from "../../support/fake-receiver.ts";

const TOPIC = "arn:aws:sns:eu-central-1:123456789012:events";

function accepted(id: number | string): string {
  return `<member><MessageId>m-${id}</MessageId><Id>${id}</Id></member>`;
}

function refused(id: number, code: string, isSenderFault: boolean): string {
  const fields = `<Id>${id}</Id><Code>${code}</Code><Message>why &amp; where</Message><SenderFault>${isSenderFault}</SenderFault>`;
  return `<member>${fields}</member>`;
}

/** The answer that SNS documents for PublishBatch. */
function answerOf(successful: readonly string[], failed: readonly string[] = []): string {
  const lists = `<Failed>${failed.join("")}</Failed>\n<Successful>\n${successful.join("\n")}</Successful>`;
  return `<PublishBatchResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>${lists}</PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`;
}

const SUCCESS = { status: 200, body: answerOf(Array.from({ length: 10 }, (_, index) => accepted(index))) };

describeSink(sns, {
  receiver: () => startReceiver(SUCCESS),
  options: ({ url }, secret) => ({
    topicArn: TOPIC,
    endpoint: `${url}/${secret}`,
    credentials: awsCredentials(secret),
  }),
  addressed: (endpoint) => ({ endpoint }),
  ...AWS_CASE,
  checkRecord: (body, text) => {
    const form = new URLSearchParams(body);
    const message = form.get("PublishBatchRequestEntries.member.1.Message") ?? "";
    expect(message).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    expect(JSON.parse(message)).toMatchObject({ id: "record-1", event: { message: text.toWellFormed() } });
    expect([...form.keys()]).toHaveLength(5);
  },
});

const writeTo = (answer: Answer, topicArn = TOPIC) =>
  writeThree(sns, answer, (endpoint) => ({ topicArn, endpoint }));

describe("the sns sink", () => {
  it("publishes messages to a topic, with a signature for its region", async () => {
    const { result, requests } = await writeTo(SUCCESS);
    expect(result).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(requests[0]?.headers["authorization"]).toContain("/eu-central-1/sns/aws4_request, ");
    const form = new URLSearchParams(requests[0]?.body);
    expect([form.get("Action"), form.get("TopicArn")]).toEqual(["PublishBatch", TOPIC]);
    const ids = [1, 2, 3].map((index) => form.get(`PublishBatchRequestEntries.member.${index}.Id`));
    expect(ids).toEqual(["0", "1", "2"]);
    expect(requests[0]?.body).not.toContain("MessageGroupId");
  });

  it("gives messages of a FIFO topic the id of their record and the group of their object", async () => {
    const { requests } = await writeTo(SUCCESS, `${TOPIC}.fifo`);
    const form = new URLSearchParams(requests[0]?.body);
    const entry = "PublishBatchRequestEntries.member.2";
    expect(form.get(`${entry}.MessageDeduplicationId`)).toBe("b");
    expect(form.get(`${entry}.MessageGroupId`)).toBe("6d1f6a52-5d8b-4a43-8df1-6c0c1a1f7f01");
  });

  it("judges each message by its own outcome", async () => {
    const failed = [refused(2, "InternalError", false), refused(0, "InvalidParameter", true)];
    const { result } = await writeTo({ status: 200, body: answerOf([accepted(1)], failed) });
    expect(result).toMatchObject([
      { ok: false, error: { class: "poison", message: "SNS answered InvalidParameter: why & where" } },
      { ok: true },
      { ok: false, error: { class: "transient" } },
    ]);
  });

  it.each([
    [404, "NotFound", "broken", "not-found"],
    [403, "AuthorizationError", "broken", "unauthorized"],
    [403, "ExpiredToken", "broken", "unauthorized"],
    [403, "SignatureDoesNotMatch", "broken", "unauthorized"],
    [400, "Throttling", "transient", "rate-limited"],
    [400, "KMSThrottling", "transient", "rate-limited"],
    [400, "BatchRequestTooLong", "poison", "too-large"],
    [400, "InvalidParameter", "poison", "rejected"],
    [500, "InternalError", "transient", "server"],
  ])("takes %d %s as %s", async (status, code, expected, failure) => {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>why</Message></Error>`;
    const { result } = await writeTo({ status, body: `<ErrorResponse>${error}</ErrorResponse>` });
    expect(result).toMatchObject({
      class: expected,
      failure,
      message: expect.stringContaining(`SNS answered ${code}`),
    });
  });

  it.each(["", "<html><title>Log in</title>", answerOf([])])(
    "tries again when the answer is %j",
    async (body) => {
      await using receiver = await startReceiver({ status: 200, body });
      const { sink } = makeSink(sns, { topicArn: TOPIC, endpoint: receiver.url, ...AWS_KEY });
      expect(await failureOfSending(sink)).toMatchObject({ class: "transient" });
      await sink.close();
    },
  );

  it.each([
    [{ topicArn: "events" }, "expected the ARN of a topic"],
    [{ topicArn: TOPIC, batch: { size: 100 } }, "sns takes at most 10 records"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(sns, options)).toThrow(message);
  });
});

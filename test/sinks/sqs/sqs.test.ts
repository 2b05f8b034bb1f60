import { describe, expect, it } from "vitest";

import { sqs } from "../../../src/sinks/sqs/sqs.ts";
import { AWS_CASE, AWS_KEY, awsCredentials, writeThree } from "../../support/aws-sinks.ts";
import { describeSink, failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { type Answer, startReceiver } from "../../support/fake-receiver.ts";

const IDS = Array.from({ length: 10 }, (_, index) => String(index));
const SUCCESS = { status: 200, body: JSON.stringify({ Successful: IDS.map((Id) => ({ Id })) }) };
const KEY = { region: "eu-central-1", ...AWS_KEY };

describeSink(sqs, {
  receiver: () => startReceiver(SUCCESS),
  options: ({ url }, secret) => ({
    queueUrl: `${url}/${secret}`,
    region: "eu-central-1",
    credentials: awsCredentials(secret),
  }),
  addressed: (queueUrl) => ({ queueUrl }),
  placeOf: ({ body }) => new URL(JSON.parse(body).QueueUrl).pathname,
  ...AWS_CASE,
  checkRecord: (body, text) => {
    const { Entries } = JSON.parse(body);
    expect(Entries).toHaveLength(1);
    // SQS refuses every other letter, also in escaped JSON.
    expect(Entries[0].MessageBody).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    expect(JSON.parse(Entries[0].MessageBody)).toMatchObject({
      id: "record-1",
      event: { message: text.toWellFormed() },
    });
  },
});

const writeTo = (answer: Answer, queue = "events") =>
  writeThree(sqs, answer, (url) => ({ ...KEY, queueUrl: `${url}/123456789012/${queue}` }));

describe("the sqs sink", () => {
  it("sends messages to a queue, with a signature over them", async () => {
    const { result, requests } = await writeTo(SUCCESS);
    expect(result).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(requests[0]).toMatchObject({ method: "POST", path: "/" });
    expect(requests[0]?.headers).toMatchObject({
      "x-amz-target": "AmazonSQS.SendMessageBatch",
      authorization: expect.stringContaining(
        "/eu-central-1/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=",
      ),
    });
    const { QueueUrl, Entries } = JSON.parse(requests[0]?.body ?? "");
    expect(QueueUrl).toMatch(/\/123456789012\/events$/u);
    expect(Entries).toMatchObject([{ Id: "0" }, { Id: "1" }, { Id: "2" }]);
    expect(Entries[0]).not.toHaveProperty("MessageGroupId");
  });

  it("gives messages of a FIFO queue the id of their record and the group of their object", async () => {
    const { requests } = await writeTo(SUCCESS, "events.fifo");
    const group = "6d1f6a52-5d8b-4a43-8df1-6c0c1a1f7f01";
    expect(JSON.parse(requests[0]?.body ?? "").Entries).toMatchObject([
      { MessageDeduplicationId: "a", MessageGroupId: group },
      { MessageDeduplicationId: "b", MessageGroupId: group },
      { MessageDeduplicationId: "c", MessageGroupId: group },
    ]);
  });

  it("judges each message by its own outcome", async () => {
    const body = JSON.stringify({
      Successful: [{ Id: "2" }],
      Failed: [
        { Id: "1", Code: "InvalidMessageContents", Message: "bad letter", SenderFault: true },
        { Id: "0", Code: "InternalError", Message: "oops", SenderFault: false },
      ],
    });
    const { result } = await writeTo({ status: 200, body });
    expect(result).toMatchObject([
      { ok: false, error: { class: "transient", message: "SQS answered InternalError: oops" } },
      { ok: false, error: { class: "poison", message: "SQS answered InvalidMessageContents: bad letter" } },
      { ok: true },
    ]);
  });

  it("sends a message again of which the answer says nothing", async () => {
    const { result } = await writeTo({ status: 200, body: '{"Successful":[{"Id":"0"},{"Id":"2"}]}' });
    expect(result).toMatchObject([{ ok: true }, { ok: false, error: { class: "transient" } }, { ok: true }]);
  });

  it.each([
    [400, "com.amazonaws.sqs#QueueDoesNotExist", "broken", "not-found"],
    [400, "com.amazonaws.sqs#RequestThrottled", "transient", "rate-limited"],
    [400, "com.amazonaws.sqs#KmsThrottled", "transient", "rate-limited"],
    [400, "com.amazonaws.sqs#BatchRequestTooLong", "poison", "too-large"],
    [400, "com.amazonaws.sqs#InvalidAddress", "broken", "misconfigured"],
    [403, "com.amazon.coral.service#AccessDeniedException", "broken", "unauthorized"],
    [400, "com.amazon.coral.service#ExpiredTokenException", "broken", "unauthorized"],
    [400, "com.amazon.coral.service#ThrottlingException", "transient", "rate-limited"],
    [500, "com.amazon.coral.service#InternalFailure", "transient", "server"],
    [503, "ServiceUnavailable", "transient", "server"],
    [400, "com.amazonaws.sqs#SomethingNew", "poison", "rejected"],
  ])("takes %d %s as %s", async (status, type, expected, failure) => {
    const { result } = await writeTo({ status, body: JSON.stringify({ __type: type, message: "why" }) });
    const word = /\w+$/u.exec(type)?.[0];
    expect(result).toMatchObject({
      class: expected,
      failure,
      message: expect.stringMatching(new RegExp(`^SQS answered ${word}.*: why$`, "u")),
    });
  });

  it("repeats nothing of a refused signature, whose answer has all that was signed", async () => {
    const body = JSON.stringify({ __type: "InvalidSignatureException", message: "canonical string: token" });
    const { result } = await writeTo({ status: 403, body });
    expect(result).toMatchObject({
      class: "broken",
      message: "SQS answered InvalidSignatureException: check the secret key and the clock",
    });
  });

  it.each(["", "{}", "<html><title>Log in</title>"])("tries again when the answer is %j", async (body) => {
    await using receiver = await startReceiver({ status: 200, body });
    const { sink } = makeSink(sqs, { queueUrl: `${receiver.url}/1/q`, ...KEY });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient" });
    await sink.close();
  });

  it.each([
    ["https://sqs.eu-west-3.amazonaws.com/1/q", "eu-west-3"],
    ["https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", "us-gov-west-1"],
    ["https://ap-south-1.queue.amazonaws.com/1/q", "ap-south-1"],
    ["https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"],
  ])("knows the region of %s", async (queueUrl, region) => {
    await using proxy = await startReceiver({ status: 502 });
    const { credentials } = KEY;
    const { sink } = makeSink(sqs, {
      queueUrl: queueUrl.replace("https:", "http:"),
      credentials,
      proxy: proxy.url,
    });
    await failureOfSending(sink);
    await sink.close();
    expect(proxy.requests[0]?.headers["authorization"] ?? "").toContain(`/${region}/sqs/`);
  });

  it.each([
    [{ queueUrl: "https://x/q" }, "the region is unknown"],
    [{ queueUrl: "https://x/q", region: "eu-central-1" }, "no identity for AWS"],
  ])("says what is missing beside %j", async (options, message) => {
    const { sink } = makeSink(sqs, options);
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ class: "broken", failure: "misconfigured" });
    expect(failure.message).toContain(message);
  });

  it.each([
    [{ queueUrl: "https://x/q", batch: { size: 11 } }, "sqs takes at most 10 records in a request"],
    [{ queueUrl: "https://x/q", region: "Frankfurt" }, "expected a region"],
    [{ queueUrl: "https://x/q", credentials: { accessKeyId: "a" } }, "secret"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(sqs, options)).toThrow(message);
  });
});

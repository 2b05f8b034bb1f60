import { describe, expect, it } from "vitest";

import { eventbridge } from "../../../src/sinks/eventbridge/eventbridge.ts";
import { AWS_CASE, AWS_KEY, awsCredentials, writeThree } from "../../support/aws-sinks.ts";
import { describeSink, failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { type Answer, type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";

const KEY = { region: "eu-central-1", ...AWS_KEY };

/** EventBridge answers one entry for each of the request. */
function answerOf(entries: readonly unknown[]): { readonly status: number; readonly body: string } {
  return { status: 200, body: JSON.stringify({ FailedEntryCount: 0, Entries: entries }) };
}

/** Answers as many entries as it was sent, as EventBridge does. */
function startBus(): Promise<FakeReceiver> {
  return startReceiver(({ body }) => {
    const { Entries } = JSON.parse(body);
    return answerOf(Array.from({ length: Entries.length }, (_, index) => ({ EventId: `e-${index}` })));
  });
}

describeSink(eventbridge, {
  receiver: startBus,
  options: ({ url }, secret) => ({
    region: "eu-central-1",
    endpoint: `${url}/${secret}`,
    credentials: awsCredentials(secret),
  }),
  addressed: (endpoint) => ({ endpoint }),
  ...AWS_CASE,
  checkRecord: (body, text) => {
    const { Entries } = JSON.parse(body);
    expect(Entries).toMatchObject([
      { EventBusName: "default", Source: "tocsin", DetailType: "Kubernetes Event" },
    ]);
    expect(JSON.parse(Entries[0].Detail)).toMatchObject({
      id: "record-1",
      event: { message: text.toWellFormed() },
    });
  },
});

const writeTo = (answer: Answer, options: Readonly<Record<string, unknown>> = {}) =>
  writeThree(eventbridge, answer, (endpoint) => ({ endpoint, ...KEY, ...options }));

describe("the eventbridge sink", () => {
  it("puts events on a bus, with the time of the Event and a signature", async () => {
    const bus = "arn:aws:events:eu-west-1:123456789012:event-bus/cluster";
    const { result, requests } = await writeTo(
      answerOf([{ EventId: "1" }, { EventId: "2" }, { EventId: "3" }]),
      {
        bus,
        region: undefined,
      },
    );
    expect(result).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(requests[0]?.headers).toMatchObject({
      "x-amz-target": "AWSEvents.PutEvents",
      authorization: expect.stringContaining("/eu-west-1/events/aws4_request, "),
    });
    const { Entries } = JSON.parse(requests[0]?.body ?? "");
    expect(Entries).toHaveLength(3);
    expect(Entries[0]).toMatchObject({ EventBusName: bus, Time: Date.parse("2026-06-01T10:04:00Z") / 1000 });
  });

  it("judges each event by its own outcome", async () => {
    const { result } = await writeTo(
      answerOf([
        { ErrorCode: "ThrottlingException", ErrorMessage: "slow" },
        { EventId: "2" },
        { ErrorCode: "MalformedDetail", ErrorMessage: "no JSON" },
      ]),
    );
    expect(result).toMatchObject([
      { ok: false, error: { class: "transient", failure: "rate-limited" } },
      { ok: true },
      { ok: false, error: { class: "poison", message: "EventBridge answered MalformedDetail: no JSON" } },
    ]);
  });

  it("tries an event again that failed for an unknown reason", async () => {
    const { result } = await writeTo(answerOf([{ ErrorCode: "News" }, { EventId: "2" }, { EventId: "3" }]));
    expect(result).toMatchObject([{ ok: false, error: { class: "transient" } }, { ok: true }, { ok: true }]);
  });

  it.each([
    [400, "AccessDeniedException", "broken", "unauthorized"],
    [400, "ExpiredTokenException", "broken", "unauthorized"],
    [400, "UnrecognizedClientException", "broken", "unauthorized"],
    [400, "ResourceNotFoundException", "broken", "not-found"],
    [400, "ThrottlingException", "transient", "rate-limited"],
    [413, "RequestEntityTooLarge", "poison", "too-large"],
    [500, "InternalException", "transient", "server"],
    [400, "ValidationException", "poison", "rejected"],
  ])("takes %d %s as %s", async (status, type, expected, failure) => {
    const { result } = await writeTo({ status, body: JSON.stringify({ __type: type, Message: "why" }) });
    expect(result).toMatchObject({
      class: expected,
      failure,
      message: expect.stringContaining(`EventBridge answered ${type}`),
    });
  });

  it.each([
    { status: 200, body: "" },
    { status: 200, body: "<html><title>Log in</title>" },
    answerOf([{ EventId: "1" }, { EventId: "2" }]),
  ])("tries again when the answer is $body", async (answer) => {
    await using receiver = await startReceiver(answer);
    const { sink } = makeSink(eventbridge, { endpoint: receiver.url, ...KEY });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient" });
    await sink.close();
  });

  it("says that the region is unknown", async () => {
    const { sink } = makeSink(eventbridge, {});
    expect(await failureOfSending(sink)).toMatchObject({
      class: "broken",
      message: "the region is unknown: set region, or AWS_REGION",
    });
    await sink.close();
  });

  it("refuses a bus that is none at load", () => {
    expect(() => makeSink(eventbridge, { bus: "my bus" })).toThrow("expected the name of an event bus");
  });
});

import { AwsClient } from "aws4fetch";
import { describe, expect, it } from "vitest";

import { MOTO, type MotoServer, startMoto } from "./moto-server.ts";

/** The client that our sinks use too; only its signature is theirs. */
function post(moto: MotoServer, service: string, target: string, body: unknown): Promise<Response> {
  const client = new AwsClient({ accessKeyId: "a", secretAccessKey: "b", region: moto.region, retries: 0 });
  const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.0" };
  return client.fetch(moto.url, { method: "POST", headers, body: JSON.stringify(body), aws: { service } });
}

describe.skipIf(MOTO === undefined)("the AWS of the tests", () => {
  it("keeps messages of SQS, and one of two with the same deduplication id", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queue = await moto.makeQueue("events.fifo");
    const entry = { MessageBody: "once", MessageGroupId: "pod-1", MessageDeduplicationId: "event-1" };
    const Entries = ["a", "b"].map((Id) => ({ Id, ...entry }));
    const answer = await post(moto, "sqs", "AmazonSQS.SendMessageBatch", { QueueUrl: queue, Entries });
    expect(await answer.json()).toMatchObject({ Successful: [{ Id: "a" }, { Id: "b" }] });
    expect(await moto.messages(queue)).toEqual([{ body: "once", attributes: {} }]);
    expect(await moto.messages(queue)).toEqual([]);
  });

  it("hands a message of SNS to the queue of its topic", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queue = await moto.makeQueue("events");
    const topic = await moto.makeTopic("events", "events");
    const client = new AwsClient({ accessKeyId: "a", secretAccessKey: "b", region: moto.region, retries: 0 });
    const body = new URLSearchParams({
      Action: "Publish",
      Version: "2010-03-31",
      TopicArn: topic,
      Message: "hello",
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await client.fetch(moto.url, {
      method: "POST",
      headers,
      body: body.toString(),
      aws: { service: "sns" },
    });
    expect(answer.status).toBe(200);
    const [message] = await moto.messages(queue);
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      Type: "Notification",
      TopicArn: topic,
      Message: "hello",
    });
  });

  it("hands an event of EventBridge to the queue of its rule, and no other", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const queue = await moto.makeQueue("events");
    await moto.makeBus("cluster", "tocsin", "events");
    const event = {
      EventBusName: "cluster",
      DetailType: "Event",
      Detail: JSON.stringify({ reason: "BackOff" }),
    };
    const Entries = ["tocsin", "another"].map((Source) => ({ Source, ...event }));
    const answer = await post(moto, "events", "AWSEvents.PutEvents", { Entries });
    expect(await answer.json()).toMatchObject({ FailedEntryCount: 0 });
    const [first, ...rest] = await moto.messages(queue);
    expect(JSON.parse(first?.body ?? "")).toMatchObject({ source: "tocsin", detail: { reason: "BackOff" } });
    expect(rest).toEqual([]);
  });

  it("refuses a queue that is not there in the words of AWS", async () => {
    await using moto = await startMoto(MOTO ?? "");
    const QueueUrl = `${moto.url}/123456789012/nowhere`;
    const answer = await post(moto, "sqs", "AmazonSQS.SendMessage", { QueueUrl, MessageBody: "a" });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("QueueDoesNotExist");
  });
});

import { AwsClient } from "aws4fetch";

import { freePort } from "../support/free-port.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { findServer } from "./find-server.ts";

/** moto, which plays AWS, as `build.mjs` installs it; undefined when it is not there. */
export const MOTO = findServer("moto/bin/moto_server");

/** The account and the region in which everything is. */
const ACCOUNT = "123456789012";
const REGION = "eu-central-1";

/** A message of a queue. Its text is that of the sender, or for SNS and EventBridge an envelope in JSON. */
export interface QueuedMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A running moto: SQS, SNS and EventBridge of one account, over real HTTP. It does not check signatures. */
export interface MotoServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, the address of every service. */
  readonly url: string;
  readonly region: string;
  readonly program: RunningProgram;
  /** Makes a queue and answers its URL. A name that ends in `.fifo` makes a queue of that kind. */
  makeQueue(name: string): Promise<string>;
  /** Makes a topic whose messages go to this queue, and answers its ARN. */
  makeTopic(name: string, queue: string): Promise<string>;
  /** Makes a bus whose events from this source go to this queue. */
  makeBus(name: string, source: string, queue: string): Promise<void>;
  /** Takes all messages out of a queue. */
  messages(queueUrl: string): Promise<readonly QueuedMessage[]>;
}

/** Starts moto and waits until it answers. */
export async function startMoto(program: string): Promise<MotoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = startProgram(program, ["-H", "127.0.0.1", "-p", String(port)]);
  const client = new AwsClient({ accessKeyId: "test", secretAccessKey: "test", region: REGION, retries: 0 });
  /** A call in the JSON protocol of AWS. */
  const call = async (service: string, target: string, body: unknown): Promise<Record<string, unknown>> => {
    const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.0" };
    const options = { method: "POST", headers, body: JSON.stringify(body), aws: { service } };
    const answer = await client.fetch(url, options);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${target}: ${answer.status} ${text}`);
    // AWS answers objects.
    return (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  /** A call in the older protocol of AWS, forms and XML, which SNS has. */
  const ask = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const body = new URLSearchParams({ Version: "2010-03-31", ...parameters }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await client.fetch(url, { method: "POST", headers, body, aws: { service: "sns" } });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.text();
  };
  const queueArn = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  try {
    await until(
      async () => {
        if (running.hasEnded()) throw new Error(`moto ended\n${running.log()}`);
        return (await fetch(`${url}/moto-api/data.json`).catch(() => undefined))?.ok === true;
      },
      () => running.log(),
    );
  } catch (error) {
    await running.stop();
    throw error;
  }
  return {
    url,
    region: REGION,
    program: running,
    makeQueue: async (name) => {
      const attributes = name.endsWith(".fifo") ? { FifoQueue: "true" } : {};
      const { QueueUrl } = await call("sqs", "AmazonSQS.CreateQueue", {
        QueueName: name,
        Attributes: attributes,
      });
      return String(QueueUrl);
    },
    makeTopic: async (name, queue) => {
      const fifo = name.endsWith(".fifo")
        ? { "Attributes.entry.1.key": "FifoTopic", "Attributes.entry.1.value": "true" }
        : {};
      const made = await ask({ Action: "CreateTopic", Name: name, ...fifo });
      const arn = /<TopicArn>(?<arn>[^<]+)/u.exec(made)?.groups?.["arn"] ?? "";
      await ask({ Action: "Subscribe", TopicArn: arn, Protocol: "sqs", Endpoint: queueArn(queue) });
      return arn;
    },
    makeBus: async (name, source, queue) => {
      const bus = { EventBusName: name };
      await call("events", "AWSEvents.CreateEventBus", { Name: name });
      const pattern = JSON.stringify({ source: [source] });
      await call("events", "AWSEvents.PutRule", { ...bus, Name: "all", EventPattern: pattern });
      await call("events", "AWSEvents.PutTargets", {
        ...bus,
        Rule: "all",
        Targets: [{ Id: "queue", Arn: queueArn(queue) }],
      });
    },
    messages: async (queueUrl) => {
      const found: QueuedMessage[] = [];
      for (;;) {
        const { Messages = [] } = (await call("sqs", "AmazonSQS.ReceiveMessage", {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          AttributeNames: ["All"],
          MessageAttributeNames: ["All"],
          // The shape that SQS documents for ReceiveMessage.
        })) as { Messages?: readonly { Body: string; ReceiptHandle: string; MessageAttributes?: object }[] };
        if (Messages.length === 0) return found;
        for (const { Body, ReceiptHandle, MessageAttributes = {} } of Messages) {
          found.push({ body: Body, attributes: { ...MessageAttributes } });
          await call("sqs", "AmazonSQS.DeleteMessage", { QueueUrl: queueUrl, ReceiptHandle });
        }
      }
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

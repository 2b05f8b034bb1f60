import { createServer, type Socket } from "node:net";

import { describe, expect, it } from "vitest";

import { kafkaFailure } from "../../../src/sinks/kafka/kafka-failure.ts";
import { kafka } from "../../../src/sinks/kafka/kafka.ts";
import { requirePackage } from "../../../src/sinks/kafka/require-package.ts";
import { deadlineOnce, noDeadline } from "../../support/deadline.ts";
import { failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { until } from "../../support/until.ts";

const OPTIONS = { brokers: ["127.0.0.1:1"], topic: "events" };

describe("the kafka sink", () => {
  it("names the package to install where it is missing", () => {
    const missing = (): never => {
      throw new Error("ERR_MODULE_NOT_FOUND");
    };
    expect(() => requirePackage(missing)).toThrow("npm install @platformatic/kafka@2.12.1");
    expect(() => requirePackage()).not.toThrow();
  });

  it("tries again when no broker can be reached", async () => {
    const { sink } = makeSink(kafka, OPTIONS);
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", failure: "network" });
    await sink.close();
  });

  it("connects to no metadata address", async () => {
    const { sink } = makeSink(kafka, { ...OPTIONS, brokers: ["169.254.169.254:9092"] });
    expect(await failureOfSending(sink)).toMatchObject({ class: "broken", failure: "refused-address" });
    await expect(sink.probe?.(noDeadline())).rejects.toMatchObject({ failure: "refused-address" });
    await sink.close();
  });

  it("ends an attempt at its deadline when the broker says nothing, and its connection", async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const { sink } = makeSink(kafka, { ...OPTIONS, brokers: [`127.0.0.1:${port}`] });
    const deadline = deadlineOnce(until(() => sockets.size > 0));
    expect(await failureOfSending(sink, deadline)).toMatchObject({ class: "transient", failure: "timeout" });
    await until(() => sockets.size === 0);
    await sink.close();
    await sink.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it("finds Kafka's word inside errors that gather others", () => {
    const word = (apiId: string): Error => Object.assign(new Error("x"), { code: "PLT_KFK_PROTOCOL", apiId });
    const away = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    const inner = new AggregateError([
      away,
      word("NOT_LEADER_OR_FOLLOWER"),
      word("TOPIC_AUTHORIZATION_FAILED"),
    ]);
    const outer = new Error("Producing messages failed.", { cause: new AggregateError([inner]) });
    expect(kafkaFailure(outer, noDeadline())).toMatchObject({
      class: "broken",
      message: "Kafka answered TOPIC_AUTHORIZATION_FAILED",
    });
    const login = Object.assign(new Error("x"), {
      code: "PLT_KFK_AUTHENTICATION",
      cause: word("SASL_AUTHENTICATION_FAILED"),
    });
    expect(kafkaFailure(new AggregateError([login]), noDeadline())).toMatchObject({
      class: "broken",
      failure: "unauthorized",
    });
    expect(kafkaFailure(new AggregateError([away]), noDeadline())).toMatchObject({
      class: "transient",
      failure: "network",
    });
  });

  it.each([
    [{ ...OPTIONS, brokers: ["kafka.example"] }, "expected host:port"],
    [{ ...OPTIONS, brokers: [] }, "empty"],
    [{ ...OPTIONS, topic: "a b" }, "a topic has letters"],
    [{ ...OPTIONS, key: "pod" }, "object"],
    [{ ...OPTIONS, sasl: { mechanism: "GSSAPI", username: "a", password: "b" } }, "PLAIN"],
    [{ ...OPTIONS, proxy: "http://x" }, '"proxy" is for HTTP sinks; kafka is none'],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(kafka, options)).toThrow(message);
  });
});

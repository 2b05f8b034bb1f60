import { describe, expect, it } from "vitest";

import { sendDatagrams } from "../../src/egress/index.ts";
import { startDatagrams } from "../sinks/syslog/syslog-server.ts";
import { noDeadline } from "../support/deadline.ts";
import { until } from "../support/until.ts";

describe("datagrams", () => {
  it("arrive one for one", async () => {
    await using server = await startDatagrams();
    const texts = ["one", "two"].map((text) => Buffer.from(text));
    await sendDatagrams(texts, { host: "127.0.0.1", port: server.port }, noDeadline());
    await until(() => server.texts.length === 2);
    expect(server.texts).toEqual(["one", "two"]);
  });

  it.each([
    [
      { host: "169.254.169.254", port: 514 },
      { failure: "refused-address", class: "broken" },
    ],
    [
      { host: "no-such-name.invalid", port: 514 },
      { failure: "network", class: "transient" },
    ],
  ])("fail to %j", async (target, expected) => {
    const thrown: unknown = await sendDatagrams([Buffer.from("x")], target, noDeadline()).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject(expected);
  });

  it("are not sent after the deadline", async () => {
    await using server = await startDatagrams();
    const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    const target = { host: "127.0.0.1", port: server.port };
    const thrown: unknown = await sendDatagrams([Buffer.from("x")], target, signal).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ failure: "timeout" });
  });
});

import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { strict } from "../../src/lib/schema.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import { SecretRef } from "../../src/lib/secret.ts";
import { defineSink, type Sink, type SinkContext, type SinkType } from "../../src/sink/index.ts";
import { noDeadline } from "../support/deadline.ts";
import { failureOfSending, makeSink } from "../support/describe-sink.ts";
import { startReceiver } from "../support/fake-receiver.ts";

function typeOf(create: (context: SinkContext) => Sink): SinkType {
  return defineSink({
    type: "own",
    options: strict({ key: SecretRef.optional() }),
    takes: ["alerts", "records"],
    traits: () => ({ rateLimit: undefined, concurrency: 3 }),
    http: true,
    create: (_, context) => create(context),
  });
}

const close = (): Promise<void> => Promise.resolve();

describe("createSink", () => {
  it("makes a DeliveryError of whatever a type throws, without its words", async () => {
    const type = typeOf(() => ({
      send: () => Promise.reject(new Error("https://hooks.example/secret")),
      write: () => {
        throw new TypeError("secret");
      },
      close,
    }));
    const { sink } = makeSink(type, {});
    const failure = await failureOfSending(sink);
    expect(failure).toMatchObject({ failure: "unknown", class: "transient" });
    expect(inspect(failure, { depth: 10 })).not.toContain("secret");
    await expect(sink.write?.([], noDeadline())).rejects.toMatchObject({ failure: "unknown" });
  });

  it("has the methods that the type has", () => {
    expect(
      makeSink(
        typeOf(() => ({ close })),
        {},
      ).sink,
    ).toEqual({ close: expect.any(Function) });
  });

  it("lends the configured HTTP options and concurrency", async () => {
    await using receiver = await startReceiver();
    const type = typeOf((context) => {
      const client = context.http({ allowPrivate: true });
      return {
        send: async (_, { signal }) => {
          const request = { url: receiver.url, method: "POST", headers: {}, body: "", signal };
          await Promise.all(Array.from({ length: 9 }, () => client.request(request)));
          return {};
        },
        close: () => client.close(),
      };
    });
    const { sink } = makeSink(type, { auth: { bearer: { env: "TOKEN" } } }, { env: { TOKEN: "the token" } });
    await sink.send?.(
      // The sink above does not look at it.
      {} as never,
      { receiver: undefined, remaining: undefined, signal: noDeadline() },
    );
    expect(receiver.requests[0]?.headers["authorization"]).toBe("Bearer the token");
    expect(receiver.connections).toBe(3);
    await sink.close();
  });

  it("lends a log that names the sink, secrets that are scrubbed, paths and whether records are batched", () => {
    const scrubber = createScrubber();
    let lent: SinkContext | undefined;
    const type = typeOf((context) => {
      lent = context;
      return { close };
    });
    const { log } = makeSink(
      type,
      { batch: { size: 5 } },
      { scrubber, resolvePath: (path) => `/etc/tocsin/${path}` },
    );
    lent?.log.info("hello");
    expect(JSON.parse(log[0] ?? "")).toMatchObject({ sink: "ops", message: "hello" });
    expect(lent?.secret("a literal secret").reveal()).toBe("a literal secret");
    expect(scrubber.scrub("a literal secret")).toBe("[redacted]");
    expect(lent).toMatchObject({ name: "ops", cluster: "prod-eu1", batched: true });
    expect(lent?.resolvePath("x")).toBe("/etc/tocsin/x");
  });
});

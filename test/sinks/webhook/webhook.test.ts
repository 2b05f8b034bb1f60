import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import { DeliveryError } from "../../../src/egress/index.ts";
import { webhook } from "../../../src/sinks/webhook/webhook.ts";
import { noDeadline } from "../../support/deadline.ts";
import {
  describeSink,
  failureOfSending,
  type MadeSink,
  makeSink,
  sendOnce,
} from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { makeNotification, makeRecord } from "../../support/notifications.ts";

describeSink(webhook, {
  receiver: () => startReceiver(),
  options: ({ url }, secret) => ({ url: `${url}/${secret}`, signing: { secrets: [`${secret}-${secret}`] } }),
  check: (body, text) => {
    expect(JSON.parse(body)).toMatchObject({ version: "1", title: text.toWellFormed() });
  },
});

const OLD = `whsec_${Buffer.from("an old key of more than 24 bytes").toString("base64")}`;
const NEW = `whsec_${Buffer.from("a new key of more than 24 bytes!").toString("base64")}`;

async function withWebhook(
  options: Readonly<Record<string, unknown>>,
  run: (made: MadeSink, receiver: FakeReceiver) => Promise<void>,
  clock = new FakeClock(),
): Promise<void> {
  await using receiver = await startReceiver();
  const made = makeSink(webhook, { url: `${receiver.url}/hook`, ...options }, { clock });
  try {
    await run(made, receiver);
  } finally {
    await made.sink.close();
  }
}

describe("the words of a receiver", () => {
  const refusedWith = async (answer: { status: number; body?: string; headers?: Record<string, string> }) => {
    let message = "";
    await withWebhook({ auth: { bearer: "bearer-canary-1" } }, async ({ sink }, receiver) => {
      receiver.answer(answer);
      ({ message } = await failureOfSending(sink));
    });
    return message;
  };

  it("stand in the error, in one line, cut and without secrets", async () => {
    const body = '{"error":"field summary is required"}';
    expect(await refusedWith({ status: 400, body })).toBe(`the receiver answered 400: ${body}`);
    expect(await refusedWith({ status: 400, body: "one\r\n\u001b[31mtwo \u202e" })).toBe(
      "the receiver answered 400: one two",
    );
    expect(await refusedWith({ status: 500, body: "x".repeat(70_000) })).toMatch(
      /^the receiver answered 500: x{80}…x{79}$/u,
    );
    expect(await refusedWith({ status: 401, body: "no such token: bearer-canary-1" })).not.toContain(
      "canary",
    );
    expect(await refusedWith({ status: 403 })).toBe("the receiver answered 403");
  });

  it("are the title of a page for people", async () => {
    const body = "<!doctype html><title>Log in to\n the proxy</title><body>…";
    expect(await refusedWith({ status: 403, body })).toBe(
      "the receiver answered 403: an HTML page, “Log in to the proxy”",
    );
  });

  it("name the host of a redirect, and no more of it", async () => {
    const location = "https://user:pass@hooks.example.com/new/token?x=y";
    expect(await refusedWith({ status: 307, headers: { location } })).toBe(
      "the receiver answered 307: it redirects to hooks.example.com, and redirects are not followed",
    );
    expect(await refusedWith({ status: 301, headers: { location: "/token" } })).toBe(
      "the receiver answered 301: it redirects to another path of the same host, and redirects are not followed",
    );
  });
});

describe("the webhook sink", () => {
  it("posts the native body, its words in one text, with its id", async () => {
    await withWebhook({}, async ({ sink }, receiver) => {
      const words = { own: "Look at the registry.", builtIn: "", note: "Sent here because chat refused it." };
      const notification = makeNotification({ text: words });
      await sendOnce(sink, notification);
      const [request] = receiver.requests;
      expect(request).toMatchObject({ method: "POST", path: "/hook" });
      expect(request?.headers).toMatchObject({
        "content-type": "application/json",
        "webhook-id": notification.id,
        "webhook-timestamp": String(Date.parse("2026-06-01T10:00:00Z") / 1000),
      });
      expect(request?.headers).not.toHaveProperty("webhook-signature");
      const { problem: _, ...body } = notification;
      expect(JSON.parse(request?.body ?? "")).toEqual({
        ...body,
        text: "Look at the registry.\nSent here because chat refused it.",
      });
    });
  });

  it.each(["PUT", "PATCH"])("uses the method %s when told so", async (method) => {
    await withWebhook({ method }, async ({ sink }, receiver) => {
      await sendOnce(sink);
      expect(receiver.requests[0]?.method).toBe(method);
    });
  });

  it("W2: signs with every secret, so that standardwebhooks verifies with the old and the new one", async () => {
    // standardwebhooks reads the machine's clock and allows five minutes.
    const clock = new FakeClock(Date.now());
    const secrets = [NEW, OLD];
    await withWebhook(
      { signing: { secrets } },
      async ({ sink }, receiver) => {
        await sendOnce(sink);
        const { body = "", headers = {} } = receiver.requests[0] ?? {};
        for (const secret of secrets) {
          expect(new Webhook(secret).verify(body, headers)).toMatchObject({ version: "1" });
        }
        expect(() => new Webhook(OLD).verify(`${body} `, headers)).toThrow("No matching signature");
        expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
      },
      clock,
    );
  });

  it("W2: signs as the published test vector says", async () => {
    const clock = new FakeClock(1_614_265_330_000);
    const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
    await withWebhook(
      { signing: { secrets } },
      async ({ sink }, receiver) => {
        const record = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' };
        await sink.write?.([record], noDeadline());
        expect(receiver.requests[0]?.headers["webhook-signature"]).toBe(
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        );
      },
      clock,
    );
  });

  it("W2: gives another attempt a new timestamp and signature, and the same id", async () => {
    const clock = new FakeClock();
    await withWebhook(
      { signing: { secrets: [OLD] } },
      async ({ sink }, receiver) => {
        receiver.script({ status: 503 });
        await failureOfSending(sink);
        await clock.advance(90_000);
        await sendOnce(sink);
        const [first, second] = receiver.requests.map(({ headers }) => headers);
        expect(second?.["webhook-id"]).toBe(first?.["webhook-id"]);
        expect(Number(second?.["webhook-timestamp"]) - Number(first?.["webhook-timestamp"])).toBe(90);
        expect(second?.["webhook-signature"]).not.toBe(first?.["webhook-signature"]);
      },
      clock,
    );
  });

  it.each(["short", `whsec_${Buffer.alloc(23).toString("base64")}`])(
    "W3: refuses the signing secret %j, at load and from the environment",
    async (secret) => {
      const url = "http://127.0.0.1:1/";
      expect(() => makeSink(webhook, { url, signing: { secrets: [secret] } })).toThrow(
        "24 bytes are the least",
      );
      const made = makeSink(
        webhook,
        { url, signing: { secrets: [{ env: "KEY" }] } },
        { env: { KEY: secret } },
      );
      expect(await failureOfSending(made.sink)).toMatchObject({ failure: "misconfigured", class: "broken" });
    },
  );

  it("finds in a probe a signing secret that is missing", async () => {
    await withWebhook({ signing: { secrets: [{ env: "NO_KEY" }] } }, async ({ sink }, receiver) => {
      const thrown: unknown = await sink.probe?.(noDeadline()).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ failure: "misconfigured", message: expect.stringContaining("NO_KEY") });
      expect(receiver.connections).toBe(0);
    });
  });

  it("W8: refuses private addresses when told so", async () => {
    await withWebhook({ allowPrivate: false }, async ({ sink }, receiver) => {
      expect(await failureOfSending(sink)).toMatchObject({ failure: "refused-address", class: "broken" });
      expect(receiver.connections).toBe(0);
    });
  });

  it("W8: refuses the address of metadata, and a name that leads there, whatever is allowed", async () => {
    for (const url of ["http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://2852039166/"]) {
      const { sink } = makeSink(webhook, { url });
      expect(await failureOfSending(sink)).toMatchObject({ failure: "refused-address", class: "broken" });
      await sink.close();
    }
  });

  it("W9: is broken after 410, and stays so until its address changes", async () => {
    await withWebhook({}, async ({ sink }, receiver) => {
      receiver.answer({ status: 410 });
      expect(await failureOfSending(sink)).toMatchObject({ failure: "gone", class: "broken" });
    });
  });

  it("W10: makes an Authorization header of the user and the password in its address", async () => {
    await using receiver = await startReceiver();
    const url = receiver.url.replace("http://", "http://us%40er:p%40ss@");
    const { sink } = makeSink(webhook, { url });
    await sendOnce(sink);
    await sink.close();
    expect(receiver.requests[0]?.headers["authorization"]).toBe(`Basic ${btoa("us@er:p@ss")}`);
  });

  it.each(["abc\r\nx-injected: 1", "abc\nx", "té中", "a\u0000b"])(
    "W6: says that a header cannot be sent when its value comes as %j, and sends nothing",
    async (value) => {
      await using receiver = await startReceiver();
      const headers = { "x-token": { env: "TOKEN" } };
      const { sink } = makeSink(webhook, { url: receiver.url, headers }, { env: { TOKEN: value } });
      const failure = await failureOfSending(sink);
      await sink.close();
      expect(failure).toMatchObject({ failure: "misconfigured", class: "broken" });
      expect(receiver.requests).toEqual([]);
    },
  );

  it.each([
    { options: { url: "ftp://x" }, message: "not an http:// or https:// URL" },
    { options: { url: "http://x", format: "cloudevent" }, message: "invalid option" },
    { options: { url: "http://x", format: "template" }, message: "needs a template" },
    { options: { url: "http://x", template: {} }, message: "only with format: template" },
    { options: { url: "http://x", method: "GET" }, message: "invalid option" },
    { options: { url: "http://x", signing: { secrets: [] } }, message: "empty: write at least one entry" },
    { options: {}, message: "expected a string, { file: path } or { env: NAME }" },
  ])("refuses $options at load", ({ options, message }) => {
    expect(() => makeSink(webhook, options)).toThrow(message);
  });
});

describe("the webhook sink's records", () => {
  const records = [makeRecord("a"), makeRecord("b")];

  it("posts a record alone, under its own id", async () => {
    await withWebhook({}, async ({ sink }, receiver) => {
      await sink.write?.(records.slice(0, 1), noDeadline());
      expect(receiver.requests[0]?.headers["webhook-id"]).toBe("a");
      expect(JSON.parse(receiver.requests[0]?.body ?? "")).toMatchObject({ id: "a", kind: "event" });
    });
  });

  it("posts a list where batches are configured, even of one, under an id of its content", async () => {
    await withWebhook({ batch: { size: 10 } }, async ({ sink }, receiver) => {
      await sink.write?.(records, noDeadline());
      await sink.write?.(records, noDeadline());
      await sink.write?.(records.slice(0, 1), noDeadline());
      const bodies: unknown[] = receiver.requests.map(({ body }) => JSON.parse(body));
      expect(bodies).toMatchObject([[{ id: "a" }, { id: "b" }], [{ id: "a" }, { id: "b" }], [{ id: "a" }]]);
      const [first, again, single] = receiver.requests.map(({ headers }) => headers["webhook-id"]);
      expect(first).toMatch(/^[\da-f]{20}$/u);
      expect(again).toBe(first);
      expect(single).not.toBe(first);
    });
  });

  it("fails as a whole", async () => {
    await withWebhook({ batch: { size: 10 } }, async ({ sink }, receiver) => {
      receiver.answer({ status: 413 });
      const thrown: unknown = await sink.write?.(records, noDeadline()).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(DeliveryError);
      expect(thrown).toMatchObject({ failure: "too-large", class: "poison" });
    });
  });
});

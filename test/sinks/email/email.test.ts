import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

import type { Notification } from "../../../src/alert/index.ts";
import { DeliveryError, dial } from "../../../src/egress/index.ts";
import { type Sink } from "../../../src/sink/index.ts";
import { present } from "../../../src/sink/present/index.ts";
import type { Sent } from "../../../src/sink/sink.ts";
import { email } from "../../../src/sinks/email/email.ts";
import { toHtmlBody } from "../../../src/sinks/email/html-body.ts";
import { poolOptions } from "../../../src/sinks/email/pool-options.ts";
import { lookOf } from "../../../src/sinks/email/to-mail.ts";
import { createMailTransport } from "../../../src/sinks/email/transport.ts";
import { DIGESTS } from "../../sink/present/digest-stories.ts";
import { STORIES, toldAt } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { deadlineOnce, noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startProxy } from "../../support/fake-proxy.ts";
import {
  makeAlert,
  makeNotification,
  makeNotificationOf,
  makeObject,
  ownText,
} from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { until } from "../../support/until.ts";
import { type MailServer, makeAuthority, startMailServer, startScriptedServer } from "./mail-server.ts";

const authority = makeAuthority();
afterAll(() => authority[Symbol.dispose]());

const PEOPLE = { from: "Tocsin <tocsin@example.com>", to: ["Ops <ops@example.com>"] };
/** The messages that mail can send. */
const READ = { ...STORIES, ...DIGESTS.mail };
const startServer = () => startMailServer(authority);
const optionsOf = ({ port }: { port: number }, secret = "correct horse") => ({
  ...PEOPLE,
  host: "127.0.0.1",
  port,
  username: "tocsin",
  password: secret,
  caFile: authority.caFile,
});

describeSink(email, {
  receiver: startServer,
  options: optionsOf,
  check: (body) => {
    // Written by our own server a moment ago.
    const mail = JSON.parse(body) as {
      recipients: string[];
      subject: string;
      html: string;
      size: number;
      headers: { key: string; line: string }[];
    };
    expect(mail.recipients).toEqual(["ops@example.com"]);
    expect(mail.subject).toMatch(/^\[prod-eu1\] \S[^\r\n]*$/u);
    expect(mail.subject.length).toBeLessThanOrEqual(150);
    expect(
      mail.headers.filter(({ key }) => ["to", "cc", "bcc", "from"].includes(key)).map(({ line }) => line),
    ).toEqual(["From: Tocsin <tocsin@example.com>", "To: Ops <ops@example.com>"]);
    const tags = mail.html.match(/<[^>]*>/gu)?.join("") ?? "";
    expect(tags).not.toMatch(/<(?:script|img|iframe|link|style|form|object)|\son\w+=|javascript:|url\(/iu);
    expect(mail.html.length).toBeLessThan(60 * 1024);
    expect(mail.size).toBeLessThan(200 * 1024);
  },
});

async function withServer(
  options: Readonly<Record<string, unknown>>,
  run: (made: { sink: Sink; log: readonly string[] }, server: MailServer) => Promise<void>,
): Promise<void> {
  await using server = await startServer();
  const made = makeSink(email, { ...optionsOf(server), ...options });
  try {
    await run(made, server);
  } finally {
    await made.sink.close();
  }
}

function send(
  sink: Sink,
  notification: Notification,
  receiver?: unknown,
  remaining?: unknown,
): Promise<Sent> {
  return sink.send!(notification, { receiver, remaining, signal: noDeadline() });
}

async function failureOf(attempt: Promise<unknown>): Promise<DeliveryError> {
  const thrown: unknown = await attempt.catch((error: unknown) => error);
  if (thrown instanceof DeliveryError) return thrown;
  throw new Error("expected a DeliveryError", { cause: thrown });
}

describe("a mail", () => {
  it("E1: has text before HTML, and both say what happened and what the event said", async () => {
    await withServer({}, async ({ sink }, { mails }) => {
      await sendOnce(sink, STORIES["firing"]);
      const { source = "", parsed } = mails[0] ?? {};
      expect(source).toMatch(/multipart\/alternative[\s\S]*text\/plain[\s\S]*text\/html/u);
      for (const body of [parsed?.text, String(parsed?.html)]) {
        expect(body).toContain("Image cannot be pulled: Deployment web in shop");
        expect(body).toContain("Back-off pulling image");
        expect(body).toContain("kubectl -n shop describe pod web-1");
      }
    });
  });

  it("E3: carries what filters and out-of-office assistants look for", async () => {
    await withServer(
      { replyTo: "team@example.com", cc: ["lead@example.com"] },
      async ({ sink }, { mails }) => {
        await sendOnce(sink, STORIES["firing-critical"]);
        const [mail] = mails;
        const header = (name: string): unknown => mail?.parsed.headers.get(name);
        expect(header("auto-submitted")).toBe("auto-generated");
        expect(header("x-auto-response-suppress")).toBe("All");
        expect(mail?.source).toMatch(/^List-Id: <image-pull-failing\.prod-eu1\.alerts\.example\.com>$/imu);
        expect(header("x-tocsin-cluster")).toBe("prod-eu1");
        expect(header("x-tocsin-rule")).toBe("node-not-ready");
        expect(header("x-tocsin-state")).toBe("firing");
        expect(header("priority")).toBe("high");
        expect(mail?.parsed.replyTo?.text).toBe("team@example.com");
        expect(mail?.recipients).toEqual(["ops@example.com", "lead@example.com"]);
      },
    );
  });

  it("E4: gets no header, recipient or part from the line breaks of an Event", async () => {
    await withServer({}, async ({ sink }, { mails }) => {
      await sendOnce(sink);
      await sendOnce(sink, makeNotificationOf("x\r\nBcc: evil@example.com\r\nX-Evil: 1\r\n\r\n--boundary"));
      const [plain, hostile] = mails;
      expect(hostile?.recipients).toEqual(["ops@example.com"]);
      const names = [plain, hostile].map((mail) => [...(mail?.parsed.headers.keys() ?? [])].toSorted());
      expect(names[1]).toEqual(names[0]);
      expect(hostile?.source).toMatch(/^X-Tocsin-Name: x Bcc: evil@example\.com/mu);
      expect(hostile?.parsed.attachments).toEqual([]);
    });
  });

  it("E11: lists fifty alerts of a digest of five hundred, counts the others, and stays below 60 KB", async () => {
    const alerts = Array.from({ length: 100 }, (_, index) =>
      makeAlert({
        fingerprint: String(index),
        rule: `rule-${index % 7}`,
        title: `Image cannot be pulled: Deployment web-${index} in shop`,
      }),
    );
    const title = "500 alerts fire: Image cannot be pulled: Deployment web-0 in shop and 499 more";
    await withServer({}, async ({ sink }, { mails }) => {
      await sendOnce(
        sink,
        makeNotification({ kind: "digest", trigger: "scheduled", title, alerts, alertsOmitted: 400 }),
      );
      expect(mails).toHaveLength(1);
      const { parsed } = mails[0] ?? {};
      expect(parsed?.subject).toMatch(/^\[prod-eu1\] 500 alerts fire/u);
      const html = String(parsed?.html);
      expect(html.match(/<li>Image/gu)).toHaveLength(50);
      expect(parsed?.text?.match(/^ {2}Image/gmu)).toHaveLength(50);
      for (const body of [html, parsed?.text]) expect(body).toContain("and 450 more");
      expect(Buffer.byteLength(html)).toBeLessThan(60_000);
    });
  });

  it("E2: keeps its Message-ID over attempts", async () => {
    await withServer({}, async ({ sink }, { mails }) => {
      await sendOnce(sink);
      await sendOnce(sink);
      const ids = mails.map(({ parsed }) => parsed.messageId);
      expect(ids).toEqual(Array(2).fill("<0197304f-5a00-7c31-a1b2-000000000001@example.com>"));
    });
  });

  it.each(Object.entries(READ))("reads well as HTML: %s", async (name, story) => {
    const now = toldAt(story);
    await expect(toHtmlBody(present(story, now, lookOf(story)), now)).toMatchFileSnapshot(
      `../rendered/email/${name}.html`,
    );
  });

  it("E10: stays below 60 KB of HTML whatever an Event says", () => {
    const text = fc
      .tuple(fc.oneof(anyString(40), fc.constantFrom('"', "'", "&", "<", "🔥")), fc.constantFrom(1, 50, 5000))
      .map(([part, times]) => part.repeat(times));
    fc.assert(
      fc.property(text, (hostile) => {
        const base = makeNotificationOf(hostile);
        const objects = Array.from({ length: 50 }, () => makeObject({ name: hostile, namespace: hostile }));
        const url = `https://x.example/${hostile.slice(0, 900)}`;
        const links = { runbook: url, dashboard: url, silence: url, alert: url };
        const alerts = [{ ...(base.alerts[0] ?? makeAlert()), objects }];
        const html = toHtmlBody(
          present({ ...base, alerts, links, cluster: hostile, text: ownText(`${hostile}.`) }, 0),
          0,
        );
        expect(Buffer.byteLength(html)).toBeLessThan(60 * 1024);
      }),
      { numRuns: rounds(60) },
    );
  });
});

describe("a thread", () => {
  it("E2: holds all mails about one problem together, also over a restart, and ends with it", async () => {
    await withServer({}, async ({ sink }, server) => {
      const told = ["firing", "update", "repeat", "resolved-by-event"].map((name) => STORIES[name]!);
      let receiver: unknown;
      for (const story of told.slice(0, 2)) ({ receiver } = await send(sink, story, receiver));
      const restarted = makeSink(email, optionsOf(server));
      // As the store gives it back.
      receiver = JSON.parse(JSON.stringify(receiver));
      for (const story of told.slice(2)) ({ receiver } = await send(restarted.sink, story, receiver));
      await send(restarted.sink, { ...told[0]!, startsAt: "2026-06-03T08:00:00.000Z" }, receiver);
      await restarted.sink.close();

      const threads = server.mails.map(({ parsed: { subject, references, inReplyTo } }) => ({
        subject,
        references,
        inReplyTo,
      }));
      expect(threads.slice(0, 4).map(({ subject }) => subject)).toEqual(
        told.map(({ title }) => `[prod-eu1] ${title}`),
      );
      expect(new Set(threads.slice(0, 4).map(({ references }) => references)).size).toBe(1);
      expect(threads[0]?.inReplyTo).toMatch(/^<[\da-f]{20}\.thread@example\.com>$/u);
      expect(threads[0]?.references).toBe(threads[0]?.inReplyTo);
      expect(threads[4]?.inReplyTo).not.toBe(threads[0]?.inReplyTo);
    });
  });

  it("starts anew when what is remembered is from another version", async () => {
    await withServer({}, async ({ sink }) => {
      const { receiver } = await send(sink, STORIES["firing"]!, { root: "<a@b>\r\nBcc: x", subject: 7 });
      expect(receiver).toEqual({ root: expect.stringMatching(/^[\da-f]{20}\.thread$/u) });
    });
  });

  it("is not made for a test", async () => {
    await withServer({}, async ({ sink }, { mails }) => {
      expect(await send(sink, STORIES["test"]!)).toEqual({ receiver: null });
      expect(mails[0]?.parsed.references).toBeUndefined();
    });
  });
});

describe("recipients that are refused", () => {
  const to = ["ops@example.com", "later@example.com", "gone@example.com"];

  it("E5: for now are tried again alone, and those refused for good are named in the log", async () => {
    await withServer({ to }, async ({ sink, log }, server) => {
      server.refuse("later@example.com", 451);
      server.refuse("gone@example.com", 550);
      const failure = await failureOf(send(sink, makeNotification()));
      expect(failure).toMatchObject({
        class: "transient",
        remaining: { to: ["later@example.com"], isAccepted: true },
      });
      expect(log.join("")).toContain("gone@example.com");

      server.accept("later@example.com");
      await send(sink, makeNotification(), undefined, JSON.parse(JSON.stringify(failure.remaining)));
      expect(server.mails.map(({ recipients }) => recipients)).toEqual([
        ["ops@example.com"],
        ["later@example.com"],
      ]);
      const [first, second] = server.mails.map(({ parsed }) => parsed);
      expect(second?.messageId).toBe(first?.messageId);
      expect(second?.to).toEqual(first?.to);
    });
  });

  it("for good cost the others nothing", async () => {
    await withServer({ to }, async ({ sink, log }, server) => {
      server.refuse("gone@example.com", 550);
      await send(sink, makeNotification());
      expect(server.mails).toHaveLength(1);
      expect(log.join("")).toContain("mail refused for some recipients");
    });
  });

  it("for good on a later attempt cost nothing either", async () => {
    await withServer({ to }, async ({ sink }, server) => {
      server.refuse("later@example.com", 550);
      const remaining = { to: ["later@example.com"], isAccepted: true };
      await expect(send(sink, makeNotification(), undefined, remaining)).resolves.toBeDefined();
    });
  });

  it("for good, all of them, make the mail undeliverable", async () => {
    await withServer({}, async ({ sink }, server) => {
      server.refuse("ops@example.com", 550);
      const failure = await failureOf(send(sink, makeNotification()));
      expect(failure).toMatchObject({ failure: "rejected", class: "poison" });
      expect(failure.message).toContain("550 ops@example.com is refused");
    });
  });

  it("stay the only ones to try when the connection fails in between", async () => {
    const remaining = { to: ["later@example.com"], isAccepted: true };
    const { sink } = makeSink(email, { ...optionsOf({ port: 1 }), to });
    const failure = await failureOf(send(sink, makeNotification(), undefined, remaining));
    await sink.close();
    expect(failure).toMatchObject({ failure: "network", class: "transient", remaining });
  });
});

describe("the replies of a mail server", () => {
  it.each([
    { on: "greeting", reply: "554 5.7.1 no service for you", failure: "rejected", class: "broken" },
    { on: "greeting", reply: "421 4.3.2 too busy", failure: "server", class: "transient" },
    { on: "AUTH", reply: "535 5.7.8 bad credentials", failure: "unauthorized", class: "broken" },
    { on: "AUTH", reply: "454 4.7.0 temporary failure", failure: "server", class: "transient" },
    {
      on: "AUTH",
      reply: "550 5.7.30 Basic authentication is not supported",
      failure: "unauthorized",
      class: "broken",
    },
    { on: "MAIL", reply: "530 5.7.0 authentication required", failure: "unauthorized", class: "broken" },
    { on: "MAIL", reply: "550 5.7.1 sender not allowed", failure: "rejected", class: "broken" },
    { on: "MAIL", reply: "452 4.3.1 disk full", failure: "server", class: "transient" },
    { on: "RCPT", reply: "550 5.1.1 no such user", failure: "rejected", class: "poison" },
    { on: "RCPT", reply: "450 4.2.1 greylisted", failure: "server", class: "transient" },
    { on: "DATA", reply: "503 5.5.1 bad sequence", failure: "server", class: "transient" },
    { on: ".", reply: "554 5.6.0 looks like spam", failure: "rejected", class: "poison" },
    { on: ".", reply: "552 5.3.4 too large", failure: "too-large", class: "poison" },
    { on: ".", reply: "451 4.3.0 try again", failure: "server", class: "transient" },
  ])("E6: takes $reply after $on as $class", async ({ on, reply, ...expected }) => {
    await using server = await startScriptedServer({ [on]: reply });
    const { sink } = makeSink(email, { ...optionsOf(server), caFile: undefined, tls: "none" });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject(expected);
    expect(failure.message).toContain(reply.slice(0, 3));
  });

  it.each([
    { on: "EHLO", reply: "504 5.5.2 <x>: need fully-qualified hostname" },
    { on: "EHLO", reply: "550 5.7.1 invalid name" },
    { on: "RCPT", reply: "504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname" },
  ])("says that the server refuses our own name: $reply after $on", async ({ on, reply }) => {
    await using server = await startScriptedServer({ [on]: reply, HELO: reply });
    const { sink } = makeSink(email, { ...optionsOf(server), tls: "none" });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "rejected", class: "broken" });
    expect(failure.message).toBe(
      `the mail server refuses the name that Tocsin gives itself: set hello (${reply})`,
    );
  });

  it("says that a server without EHLO has no STARTTLS", async () => {
    await using server = await startScriptedServer({ EHLO: "502 5.5.1 not implemented" });
    const { sink } = makeSink(email, optionsOf(server));
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
    expect(failure.message).toContain("does not offer STARTTLS");
  });

  it("keeps to itself what a server says of a login, which may repeat the password in any encoding", async () => {
    await using server = await startScriptedServer({
      EHLO: "250-mail.example\r\n250 AUTH PLAIN",
      AUTH: "535 5.7.8 rejected line: AUTH PLAIN AHVzAFNNVFBjYW5hcnk2Ing=",
    });
    const { sink } = makeSink(email, { ...optionsOf(server, "SMTPcanary6"), username: "us", tls: "none" });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure.message).toBe("the mail server refuses the credentials (535 5.7.8)");
  });

  it("E12: explains Exchange Online's end of passwords", async () => {
    await using server = await startScriptedServer({
      AUTH: "550 5.7.30 Basic authentication is not supported",
    });
    const { sink } = makeSink(email, { ...optionsOf(server), tls: "none" });
    const { message } = await failureOfSending(sink);
    await sink.close();
    expect(message).toContain("OAuth");
  });

  it("takes a port where nobody listens as a failure of the network", async () => {
    const { sink } = makeSink(email, optionsOf({ port: 1 }));
    expect(await failureOfSending(sink)).toMatchObject({ failure: "network", class: "transient" });
    await sink.close();
  });
});

describe("our own name", () => {
  it.each([
    [{}, "example.com"],
    [{ from: "Tocsin <tocsin@größe.example>" }, "xn--gre-6ka8i.example"],
    [{ hello: "alerts.example.org" }, "alerts.example.org"],
    [{ hello: "[192.0.2.1]" }, "[192.0.2.1]"],
  ])("with %j is %s", async (options, name) => {
    await using server = await startScriptedServer({});
    const { sink } = makeSink(email, { ...optionsOf(server), tls: "none", ...options });
    await sendOnce(sink);
    await sink.close();
    expect(server.heard[0]).toBe(`EHLO ${name}`);
  });
});

describe("a server that offers no login although there is a username", () => {
  it("gets the mails without one, which the log says once and the probe too", async () => {
    await using server = await startScriptedServer({ EHLO: "250 mail.example" });
    const { sink, log } = makeSink(email, { ...optionsOf(server), tls: "none" });
    expect(await sink.probe?.(noDeadline())).toMatch(/, without a login: the server offers none$/u);
    await sendOnce(sink);
    await sendOnce(sink);
    await sink.close();
    expect(log.filter((line) => line.includes("offers no login"))).toHaveLength(1);
    expect(server.heard.filter((line) => line.startsWith("MAIL"))).toHaveLength(2);
  });
});

describe("the time of an attempt", () => {
  /** A server that keeps one answer until the test gives it, and a sink with its clock. */
  async function holding(on: "greeting" | "EHLO" | "DATA" | ".", options: Record<string, unknown> = {}) {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const server = await startScriptedServer({ [on]: promise });
    const clock = new FakeClock();
    const { sink } = makeSink(email, { ...optionsOf(server), tls: "none", ...options }, { clock });
    return {
      server,
      clock,
      sink,
      reply: resolve,
      [Symbol.asyncDispose]: async () => {
        resolve(undefined);
        await sink.close();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  const written = (heard: readonly string[]): boolean => heard.includes(".");

  it("is that of the option timeout in every phase, and no timer of the library comes before", () => {
    const server = { host: "x", port: 25, tls: "none" as const, login: undefined, caFile: undefined };
    const attemptMs = 3_600_000;
    const { connectionTimeout, greetingTimeout, socketTimeout, dnsTimeout } = poolOptions(
      { ...server, serverName: undefined, hello: "x", attemptMs },
      undefined,
      undefined,
    );
    for (const limit of [connectionTimeout, greetingTimeout, socketTimeout, dnsTimeout])
      expect(limit).toBeGreaterThan(attemptMs);
  });

  it.each(["greeting", "EHLO", "DATA"] as const)(
    "ends when the server is silent instead of %s",
    async (on) => {
      await using late = await holding(on, { timeout: "60s" });
      let isOver = false;
      const tooLate = failureOf(send(late.sink, makeNotification())).finally(() => {
        isOver = true;
      });
      await until(() => on === "greeting" || late.server.heard.some((line) => line.startsWith(on)));
      await late.clock.advance(59_999);
      expect(isOver).toBe(false);
      await late.clock.advance(1);
      const failure = await tooLate;
      expect(failure).toMatchObject({ failure: "timeout", class: "transient" });
      expect(failure.remaining).toBeUndefined();
    },
  );

  it("has dataTimeout more for the answer to the whole mail", async () => {
    await using held = await holding(".", { timeout: "10s", dataTimeout: "2m" });
    const sending = send(held.sink, makeNotification());
    await until(() => written(held.server.heard));
    await held.clock.advance(119_000);
    held.reply("250 2.0.0 queued");
    await expect(sending).resolves.toBeDefined();
    expect(held.server.heard.filter((line) => line.startsWith("MAIL"))).toHaveLength(1);
  });

  it.each([
    ["no answer comes", "timeout", (held: { clock: FakeClock }) => held.clock.advance(300_000)],
    ["the connection ends", "network", (held: { reply: (text: undefined) => void }) => held.reply(undefined)],
  ])(
    "is over when %s after the whole mail, which is then sent late, and three times at most",
    async (_, kind, end) => {
      let remaining: unknown;
      for (const times of [1, 2, 3]) {
        await using held = await holding(".");
        const failing = failureOf(send(held.sink, makeNotification(), undefined, remaining));
        await until(() => written(held.server.heard));
        await end(held);
        const failure = await failing;
        expect(failure.message).toContain("the recipients may have it");
        expect(failure).toMatchObject(
          times < 3
            ? { failure: kind, class: "transient", contentWaitMs: times * 900_000 }
            : { failure: kind, class: "poison" },
        );
        if (times < 3) remaining = JSON.parse(JSON.stringify(failure.remaining));
      }
      await using held = await holding(".");
      const left = { to: ["ops@example.com"], isAccepted: false, unanswered: 3 };
      expect(await failureOf(send(held.sink, makeNotification(), undefined, left))).toMatchObject({
        class: "poison",
      });
      expect(held.server.heard).toEqual([]);
    },
  );

  it("does not count an answer that asks for later", async () => {
    await using held = await holding(".");
    const failing = failureOf(send(held.sink, makeNotification()));
    held.reply("451 4.3.0 try again");
    expect(await failing).toMatchObject({
      failure: "server",
      contentWaitMs: undefined,
      remaining: undefined,
    });
  });

  it("remembers unanswered mails over a failed connection", async () => {
    const left = { to: ["ops@example.com"], isAccepted: false, unanswered: 2 };
    const { sink } = makeSink(email, optionsOf({ port: 1 }));
    const failure = await failureOf(send(sink, makeNotification(), undefined, left));
    await sink.close();
    expect(failure).toMatchObject({ failure: "network", remaining: left });
  });
});

describe("the way to the mail server", () => {
  it("leads through SMTP_PROXY unless NO_PROXY exempts the server, with TLS to the server itself", async () => {
    await using server = await startServer();
    await using proxy = await startProxy();
    for (const NO_PROXY of ["", "127.0.0.0/8"]) {
      const { sink } = makeSink(email, optionsOf(server), { env: { SMTP_PROXY: proxy.url, NO_PROXY } });
      await sendOnce(sink);
      await sink.close();
    }
    expect(server.mails).toHaveLength(2);
    expect(proxy.seen).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
  });

  it("never leads to a metadata address", async () => {
    const { sink } = makeSink(email, { ...optionsOf({ port: 25 }), host: "169.254.169.254" });
    const failure = await failureOfSending(sink);
    expect(failure).toMatchObject({ failure: "refused-address", class: "broken" });
    await expect(sink.probe?.(noDeadline())).rejects.toMatchObject({
      failure: "refused-address",
    });
    await sink.close();
  });
});

describe("TLS", () => {
  it("E7: is required: without STARTTLS neither password nor mail goes out", async () => {
    await using server = await startScriptedServer({});
    const { sink } = makeSink(email, optionsOf(server));
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
    expect(failure.message).toContain("does not offer STARTTLS");
    expect(server.heard.map((line) => line.split(" ", 1)[0])).not.toContain("AUTH");
    expect(server.heard.map((line) => line.split(" ", 1)[0])).not.toContain("MAIL");
  });

  it.each([false, true])(
    "E8: refuses a certificate of an unknown authority (implicit: %s)",
    async (implicitTls) => {
      await using server = await startMailServer(authority, { implicitTls });
      const tls = implicitTls ? "implicit" : "starttls";
      const { sink } = makeSink(email, { ...optionsOf(server), tls, caFile: undefined });
      const failure = await failureOfSending(sink);
      await sink.close();
      expect(failure).toMatchObject({ failure: "tls", class: "broken" });
      expect(failure.message).toContain("certificate is not trusted");
      expect(server.logins).toEqual([]);
    },
  );

  it("takes the name of the option serverName for that of the certificate", async () => {
    using named = makeAuthority("DNS:mail.example");
    await using server = await startMailServer(named);
    const options = { ...optionsOf(server), caFile: named.caFile };
    const { sink } = makeSink(email, options);
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
    expect(failure.message).toContain("the certificate is for another name");
    const { sink: knowing } = makeSink(email, { ...options, serverName: "mail.example" });
    await sendOnce(knowing);
    await knowing.close();
    expect(server.mails).toHaveLength(1);
  });

  it.each([false, true])("older than 1.2 is named (implicit: %s)", async (implicitTls) => {
    await using server = await startMailServer(authority, { implicitTls, newestTls: "TLSv1.1" });
    const { sink } = makeSink(email, { ...optionsOf(server), tls: implicitTls ? "implicit" : "starttls" });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
    expect(failure.message).toContain("speaks only TLS older than 1.2");
  });

  it("from the first byte, where the server speaks none at first, is named", async () => {
    await using server = await startScriptedServer({});
    const { sink } = makeSink(email, { ...optionsOf(server), tls: "implicit" });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
    expect(failure.message).toContain("does not speak TLS on this port");
  });

  it("E8: from the first byte works with the authority's file", async () => {
    await using server = await startMailServer(authority, { implicitTls: true });
    const { sink } = makeSink(email, { ...optionsOf(server), tls: "implicit" });
    await sendOnce(sink);
    await sink.close();
    expect(server.mails).toHaveLength(1);
  });

  it("says that the authority's file is missing", async () => {
    const { sink } = makeSink(email, { ...optionsOf({ port: 1 }), caFile: "/nowhere/ca.pem" });
    const failure = await failureOfSending(sink);
    expect(failure).toMatchObject({ failure: "misconfigured", class: "broken" });
    expect(failure.message).toContain("/nowhere/ca.pem");
  });
});

describe("the password", () => {
  it("is read again when its file changed", async () => {
    const directory = join(authority.caFile, "..");
    const path = join(directory, "password");
    await writeFile(path, "old\n");
    await withServer({ password: { file: path } }, async ({ sink }, server) => {
      await sendOnce(sink);
      await writeFile(`${path}.new`, "new\n");
      await rename(`${path}.new`, path);
      await sendOnce(sink);
      expect(server.logins).toEqual(["tocsin:old", "tocsin:new"]);
    });
  });

  it("that the server refuses is a matter for a person, and stands in no message", async () => {
    await using server = await startMailServer(authority, { password: "right" });
    const { sink } = makeSink(email, optionsOf(server, "wrong-canary"));
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "unauthorized", class: "broken" });
    expect(failure.message).not.toContain("canary");
  });
});

describe("a probe", () => {
  it("logs in over TLS, sends no mail, and leaves no connection", async () => {
    await withServer({}, async ({ sink }, server) => {
      expect(await sink.probe?.(noDeadline())).toBe(`127.0.0.1:${server.port} over TLS, logged in`);
      expect(server.logins).toHaveLength(1);
      expect(server.mails).toEqual([]);
      await until(() => server.connections === 0);
    });
  });

  it("says that the password is refused, without it", async () => {
    await using server = await startMailServer(authority, { password: "right" });
    const { sink } = makeSink(email, optionsOf(server, "wrong-canary"));
    const failure = await failureOf(Promise.resolve(sink.probe?.(noDeadline())));
    await sink.close();
    expect(failure).toMatchObject({ failure: "unauthorized", class: "broken" });
    expect(failure.message).toMatch(/^127\.0\.0\.1:\d+ over TLS: /u);
    expect(failure.message).not.toContain("canary");
  });

  it("ends at its deadline where nobody says hello, and leaves no connection", async () => {
    await using server = await startMailServer(authority);
    server.hang?.();
    const { sink } = makeSink(email, optionsOf(server));
    const failure = await failureOf(
      Promise.resolve(sink.probe?.(deadlineOnce(until(() => (server.connections ?? 0) > 0)))),
    );
    expect(failure).toMatchObject({ failure: "timeout", class: "transient" });
    await sink.close();
    await until(() => server.connections === 0);
  });
});

describe("recipients by label", () => {
  const to = {
    by: "team",
    of: { shop: "shop@example.com", pay: ["pay@example.com", "audit@example.com"] },
    else: "ops@example.com",
  };
  const alertOf = (team: string) => makeAlert({ labels: { ...makeAlert().labels, team } });

  it.each([
    { teams: ["shop"], expected: ["shop@example.com"] },
    {
      teams: ["shop", "pay", "shop"],
      expected: ["shop@example.com", "pay@example.com", "audit@example.com"],
    },
    { teams: ["evil@example.com"], expected: ["ops@example.com"] },
    { teams: ["constructor"], expected: ["ops@example.com"] },
    { teams: [], expected: ["ops@example.com"] },
  ])("of alerts of $teams are $expected", async ({ teams, expected }) => {
    await withServer({ to }, async ({ sink }, { mails }) => {
      await sendOnce(sink, makeNotification({ alerts: teams.map(alertOf) }));
      expect(mails[0]?.recipients).toEqual(expected);
    });
  });
});

describe("options", () => {
  it.each([
    ["a list in one entry", { to: ["a@example.com, b@example.com"] }, "not one mail address"],
    ["a hidden second address", { to: ["x <b@x.example>, evil@x.example"] }, "not one mail address"],
    ["a line break", { from: "a@example.com\nBcc: b@example.com" }, "not one mail address"],
    ["no address", { from: "Tocsin" }, "not one mail address"],
    ["a group", { to: ["ops: a@example.com;"] }, "not one mail address"],
    ["no recipients at all", { to: undefined }, "expected a list of mail addresses, or { by, of, else }"],
    ["labels without the rest", { to: { by: "team", of: {} } }, "expected a mail address or a list of them"],
    ["nobody", { to: [] }, "expected at least one address"],
    ["a user name without password", { password: undefined }, "username and password go together"],
    ["a URL as name of the server", { serverName: "https://mail.example" }, "expected a host name"],
    ["an own name with a blank", { hello: "my host" }, "expected a host name"],
    ["no time for the answer", { dataTimeout: "0s" }, "must be longer than 0"],
    ["a URL as host", { host: "smtp://mail.example" }, "expected a host name"],
    ["a digest without times", { digest: {} }, "write { every: 1h }, or"],
  ])("refuse %s", (_, wrong, message) => {
    expect(() => makeSink(email, { ...optionsOf({ port: 25 }), ...wrong })).toThrow(message);
  });
});

describe("the transport", () => {
  it("E9: reads no file and fetches nothing, whatever a mail asks for", async () => {
    await using server = await startServer();
    const transport = createMailTransport(
      {
        host: "127.0.0.1",
        port: server.port,
        tls: "starttls",
        login: undefined,
        caFile: authority.caFile,
        serverName: undefined,
        hello: "example.com",
        attemptMs: 60_000,
      },
      {
        attemptsAtOnce: 1,
        clock: new FakeClock(),
        dial: (target, signal) => dial(target, { env: {}, signal }),
      },
    );
    const mail = { from: "a@example.com", to: "b@example.com" };
    const attempts = [
      transport.send({ ...mail, text: { path: "/etc/passwd" } }, noDeadline(), () => undefined),
      transport.send({ ...mail, html: { href: "http://127.0.0.1:1/" } }, noDeadline(), () => undefined),
    ];
    const reasons = (await Promise.allSettled(attempts)).map((result): unknown =>
      result.status === "rejected" ? result.reason : undefined,
    );
    transport.close();
    expect(reasons).toMatchObject([{ originalCode: "EFILEACCESS" }, { originalCode: "EURLACCESS" }]);
    expect(server.mails).toEqual([]);
  });
});

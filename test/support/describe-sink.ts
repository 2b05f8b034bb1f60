import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import type { Notification } from "../../src/alert/index.ts";
import type { FailureClass } from "../../src/egress/delivery-error.ts";
import { DeliveryError } from "../../src/egress/index.ts";
import { createLogger } from "../../src/lib/log.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import { createSink, parseSink, type Sink, type SinkDeps, type SinkType } from "../../src/sink/index.ts";
import { deadlineOnce, noDeadline } from "./deadline.ts";
import { FakeClock } from "./fake-clock.ts";
import { type Answer, type FakeReceiver, type ReceivedRequest, startReceiver } from "./fake-receiver.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { makeNotification, makeNotificationOf, makeRecord, NOTIFICATIONS } from "./notifications.ts";
import { until } from "./until.ts";

/** The far side of a sink, as far as the suite uses it. `FakeReceiver` is one. */
export interface Receiver extends AsyncDisposable {
  /** The bodies that have arrived, oldest first, each as the receiver reads it. */
  bodies(): readonly string[] | Promise<readonly string[]>;
  /** Takes connections from now on, and never answers. Absent where nothing can hang. */
  hang?(): void;
  /** Refuses everything from now on. */
  fail?(): void;
  /** Connections that are open now. Absent where there are none. */
  readonly connections?: number;
}

/** The parts that a sink gives to the suite. */
export interface SinkCase<R extends Receiver> {
  /** Starts a far side. For HTTP types: `startReceiver`, with what the service says when it accepts. */
  readonly receiver: () => Promise<R>;
  /**
   * The sink's own options, as users write them.
   *
   * @param secret A text to be put into every option that is secret.
   */
  readonly options: (receiver: R, secret: string) => Readonly<Record<string, unknown>>;
  /**
   * For notifications. Fails, by `expect`, when a body that arrived is not valid for the receiver, is beyond one of its limits, or has
   * anything live in it that came from `text`.
   */
  readonly check?: (body: string, text: string) => void;
  /** As `check`, for records. Left out, a record must arrive as it is. */
  readonly checkRecord?: (body: string, text: string) => void;
  /** Statuses for which the service has a word of its own, with the class they have here. */
  readonly statuses?: Readonly<Record<number, FailureClass>>;
  /** The options that set the address, where it is not `url`. */
  readonly addressed?: (url: unknown) => Readonly<Record<string, unknown>>;
  /** The header `authorization`, where the sink has one of its own; the secret is that of `options`. */
  readonly authorization?: (secret: string) => unknown;
  /** The part of a request that follows the path of its address, where that is not the path of the request. */
  readonly placeOf?: (request: ReceivedRequest) => string;
  /** Whether a success whose answer is cut off is tried again, since a repeat does no harm and the answer says more. */
  readonly needsWholeAnswer?: boolean;
}

/** A sink made through the registry's own path, and what it said. */
export interface MadeSink {
  readonly sink: Sink;
  /** Log lines, not scrubbed: a sink may not rely on that. */
  readonly log: readonly string[];
  /** Its standard output. */
  readonly printed: readonly string[];
}

/** Parses the options as the configuration does and makes the sink; throws what is wrong with them. */
export function makeSink(
  type: SinkType,
  options: Readonly<Record<string, unknown>>,
  host: Partial<SinkDeps> = {},
): MadeSink {
  const { sink: configured, faults } = parseSink({ name: "ops", type: type.type, ...options }, [type]);
  if (configured === undefined) throw new Error(faults.map(({ message }) => message).join("; "));
  const log: string[] = [];
  const printed: string[] = [];
  const sink = createSink(configured, {
    cluster: "prod-eu1",
    clock: new FakeClock(),
    log: createLogger({
      level: "debug",
      format: "json",
      write: (line) => log.push(line),
      scrub: (text) => text,
    }),
    scrubber: createScrubber(),
    env: {},
    resolvePath: (path) => path,
    stdout: async (text) => {
      printed.push(text);
    },
    colour: false,
    ...host,
  });
  return { sink, log, printed };
}

/** Sends as delivery does: a notification, or a record to a sink that takes no notifications. */
export async function sendOnce(
  sink: Sink,
  notification: Notification = makeNotification(),
  signal: AbortSignal = noDeadline(),
): Promise<void> {
  if (sink.send !== undefined) {
    await sink.send(notification, { receiver: undefined, remaining: undefined, signal });
    return;
  }
  for (const outcome of (await sink.write?.([makeRecord("record-1")], signal)) ?? [])
    if (!outcome.ok) throw outcome.error;
}

/** The error of a send; fails when the send succeeds, or throws anything but a `DeliveryError`. */
export async function failureOfSending(sink: Sink, signal?: AbortSignal): Promise<DeliveryError> {
  const thrown: unknown = await sendOnce(sink, makeNotification(), signal).catch((error: unknown) => error);
  if (!(thrown instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${inspect(thrown)}`);
  return thrown;
}

/** The conformance suite of all sinks (docs/design/delivery.md#conformance-suite-of-sinks). */
export function describeSink<R extends Receiver>(type: SinkType, suite: SinkCase<R>): void {
  describe(`the ${type.type} sink, as every sink,`, () => {
    if (type.takes.includes("alerts")) describeAlerts(type, suite);
    if (type.takes.includes("records")) describeRecords(type, suite);
    describeEnd(type, suite);
    describeProbe(type, suite);
    describeSecrets(type, suite);
    // The contract of `SinkCase.receiver`.
    if (type.http) describeHttp(type, suite as unknown as SinkCase<FakeReceiver>);
  });
}

const CANARY = "canary-4f9a1c7e2b";

async function withSink<R extends Receiver>(
  type: SinkType,
  suite: SinkCase<R>,
  run: (made: MadeSink, receiver: R) => Promise<void>,
): Promise<void> {
  await using receiver = await suite.receiver();
  const made = makeSink(type, suite.options(receiver, CANARY));
  try {
    await run(made, receiver);
  } finally {
    await made.sink.close();
  }
}

function describeAlerts<R extends Receiver>(type: SinkType, suite: SinkCase<R>): void {
  it.each(Object.entries(NOTIFICATIONS))("sends a notification: %s", async (_, notification) => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      await sendOnce(sink, notification);
      const bodies = await receiver.bodies();
      expect(bodies).toHaveLength(1);
      for (const body of bodies) suite.check?.(body, notification.title);
    });
  });

  it.each(Object.entries(HOSTILE_TEXTS))("A6: makes inert text of hostile text: %s", async (_, text) => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      await sendOnce(sink, makeNotificationOf(text));
      const bodies = await receiver.bodies();
      expect(bodies.length).toBeGreaterThan(0);
      for (const body of bodies) suite.check?.(body, text);
    });
  });

  it("leaves the notification as it was", async () => {
    await withSink(type, suite, async ({ sink }) => {
      await sendOnce(sink, deepFreeze(makeNotification()));
    });
  });
}

function describeRecords<R extends Receiver>(type: SinkType, suite: SinkCase<R>): void {
  const checkRecord = suite.checkRecord ?? checkPlainRecord;
  it.each(Object.entries(HOSTILE_TEXTS))("writes a record with hostile text: %s", async (_, text) => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      const record = makeRecord("record-1", { reason: text, message: text });
      expect(await sink.write?.([record], noDeadline())).toEqual([{ ok: true }]);
      for (const body of await receiver.bodies()) checkRecord(body, text);
    });
  });

  it("answers for each record, in their order", async () => {
    await withSink(type, suite, async ({ sink }) => {
      const records = [makeRecord("a"), makeRecord("b"), makeRecord("c")];
      const outcomes = await sink.write?.(records, noDeadline());
      expect(outcomes).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
      expect(await sink.write?.([], noDeadline())).toEqual([]);
    });
  });
}

function checkPlainRecord(body: string, text: string): void {
  const message = text.toWellFormed();
  expect(JSON.parse(body)).toMatchObject({ id: "record-1", kind: "event", event: { message } });
}

function describeEnd<R extends Receiver>(type: SinkType, suite: SinkCase<R>): void {
  it("closes twice and leaves no connection open", async () => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      await sendOnce(sink);
      await sink.close();
      await sink.close();
      if (receiver.connections !== undefined) await until(() => receiver.connections === 0);
    });
  });

  it("closes without having sent anything", async () => {
    await withSink(type, suite, async ({ sink }) => {
      await sink.close();
    });
  });

  it("A3: ends an attempt at its deadline when the receiver hangs", async (context) => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      if (receiver.hang === undefined) context.skip("nothing can hang");
      receiver.hang?.();
      const deadline = deadlineOnce(until(() => (receiver.connections ?? 1) > 0));
      const failure = await failureOfSending(sink, deadline);
      expect(failure).toMatchObject({ failure: "timeout", class: "transient" });
      await sink.close();
      await until(() => (receiver.connections ?? 0) === 0);
    });
  });
}

function describeProbe<R extends Receiver>(type: SinkType, suite: SinkCase<R>): void {
  it("gets to the far side without sending anything, and says where without a secret", async (context) => {
    await withSink(type, suite, async ({ sink, log, printed }, receiver) => {
      if (sink.probe === undefined) context.skip("nowhere to get to");
      const place = await sink.probe?.(noDeadline());
      expect(place).not.toBe("");
      expect(await bodiesOf(receiver)).toEqual([]);
      expect(printed).toEqual([]);
      expectNoCanary([String(place), ...log]);
      // It is as good as new.
      await sendOnce(sink);
      expect(await receiver.bodies()).toHaveLength(1);
    });
  });

  it("gives up a probe at its deadline", async (context) => {
    await withSink(type, suite, async ({ sink }) => {
      if (sink.probe === undefined || !type.http) context.skip("nothing can hang");
      const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
      const thrown: unknown = await sink.probe?.(signal).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ failure: "timeout", class: "transient" });
    });
  });
}

/** A far side that nothing has got to yet may not exist. */
async function bodiesOf(receiver: Receiver): Promise<readonly string[]> {
  try {
    return await receiver.bodies();
  } catch {
    return [];
  }
}

function describeSecrets<R extends Receiver>(type: SinkType, suite: SinkCase<R>): void {
  it("shows no secret when it, its log or its failure is printed", async () => {
    await withSink(type, suite, async ({ sink, log }, receiver) => {
      await sendOnce(sink);
      const shown = [inspect(sink, { depth: 10, showHidden: true }), JSON.stringify(sink)];
      if (receiver.fail !== undefined) {
        receiver.fail();
        shown.push(...printsOf(await failureOfSending(sink)));
      }
      expectNoCanary([...shown, ...log]);
    });
  });
}

/** Every way a failure gets into a log, a dead letter or an answer of the API. */
function printsOf(error: Error): readonly string[] {
  return [error.message, String(error.stack), inspect(error, { depth: 10, showHidden: true }), toJson(error)];
}

function toJson(error: Error): string {
  const names = Object.getOwnPropertyNames(error);
  return JSON.stringify(Object.fromEntries(Object.entries(error))) + JSON.stringify(error, names);
}

function expectNoCanary(texts: readonly string[]): void {
  const found = texts.filter((text) =>
    [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString("base64").slice(0, -4)].some((form) =>
      text.includes(form),
    ),
  );
  expect(found).toEqual([]);
}

/** The table in docs/design/delivery.md#http-answers. */
const STATUSES: Readonly<Record<number, FailureClass>> = {
  301: "broken",
  302: "broken",
  303: "broken",
  304: "broken",
  307: "broken",
  308: "broken",
  400: "poison",
  401: "broken",
  403: "broken",
  404: "broken",
  405: "poison",
  406: "poison",
  407: "broken",
  408: "transient",
  409: "poison",
  410: "broken",
  413: "poison",
  415: "poison",
  422: "poison",
  425: "transient",
  429: "transient",
  431: "poison",
  500: "transient",
  501: "broken",
  502: "transient",
  503: "transient",
  504: "transient",
  505: "broken",
  507: "transient",
  511: "broken",
  520: "transient",
  529: "transient",
};

/** The options that set the address of a sink. */
function addressed({ addressed: options }: Pick<SinkCase<FakeReceiver>, "addressed">, url: unknown): object {
  return options?.(url) ?? { url };
}

function describeHttp(type: SinkType, suite: SinkCase<FakeReceiver>): void {
  it.each(Object.entries({ ...STATUSES, ...suite.statuses }))(
    "A2: takes status %s as %s",
    async (status, kind) => {
      await withSink(type, suite, async ({ sink }, receiver) => {
        receiver.answer({ status: Number(status) });
        expect((await failureOfSending(sink)).class).toBe(kind);
      });
    },
  );

  it.each([
    { form: "seconds", value: "2", expected: 2000 },
    { form: "a date", value: "Mon, 01 Jun 2026 10:00:30 GMT", expected: 30_000 },
    { form: "an absurd number", value: "999999999", expected: 900_000 },
    { form: "nonsense", value: "soon", expected: undefined },
  ])("A1: hands on a Retry-After of $form", async ({ value, expected }) => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      receiver.answer({ status: 429, headers: { "retry-after": value } });
      const failure = await failureOfSending(sink);
      expect(failure).toMatchObject({ failure: "rate-limited", class: "transient" });
      expect(failure.retryAfterMs).toBe(expected);
    });
  });

  it("does not send again when the connection breaks after the acceptance", async () => {
    await withSink(type, suite, async ({ sink }, receiver) => {
      receiver.answer("cut after 200");
      const failure: unknown = await sendOnce(sink).catch((error: unknown) => error);
      const found = failure instanceof DeliveryError ? failure.class : failure;
      expect(found).toBe(suite.needsWholeAnswer === true ? "transient" : undefined);
      expect(receiver.requests).toHaveLength(1);
    });
  });

  it("A9: follows no redirect, so that no header reaches another host", async () => {
    await using elsewhere = await startReceiver();
    await withSink(type, suite, async ({ sink }, receiver) => {
      receiver.answer({ status: 307, headers: { location: `${elsewhere.url}/stolen` } });
      expect(await failureOfSending(sink)).toMatchObject({ failure: "redirected", class: "broken" });
      expect(elsewhere.requests).toEqual([]);
    });
  });

  it.each([
    ["is not one", CANARY, "misconfigured"],
    ["leads nowhere", `http://127.0.0.1:1/${CANARY}`, "network"],
    ["is a metadata address", `http://169.254.169.254/${CANARY}`, "refused-address"],
    ["speaks no TLS", "https", "tls"],
  ])("says in a probe that its URL %s, without the URL", async (_, address, expected) => {
    await using receiver = await suite.receiver();
    const url = address === "https" ? `${receiver.url.replace("http:", "https:")}/${CANARY}` : address;
    const { sink, log } = makeSink(
      type,
      { ...suite.options(receiver, CANARY), ...addressed(suite, { env: "URL" }) },
      { env: { URL: url } },
    );
    const thrown: unknown = await sink.probe?.(noDeadline()).catch((error: unknown) => error);
    await sink.close();
    if (!(thrown instanceof DeliveryError))
      throw new Error(`expected a DeliveryError, got ${inspect(thrown)}`);
    expect(thrown.failure).toBe(expected);
    expectNoCanary([...printsOf(thrown), ...log]);
    expect(receiver.requests).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["an error that repeats the request", { status: 500, body: CANARY, headers: { "x-echo": CANARY } }],
    ["a refusal that repeats the request", { status: 400, body: CANARY }],
    ["a redirect", { status: 302, headers: { location: `http://127.0.0.1:9/${CANARY}` } }],
    ["a broken connection", "reset"],
    ["silence", "hang"],
  ])("A7: shows no secret after %s", async (_, answer) => {
    await using receiver = await suite.receiver();
    const secrets = { auth: { bearer: CANARY }, headers: { "x-token": CANARY } };
    const { sink, log } = makeSink(type, { ...suite.options(receiver, CANARY), ...secrets });
    receiver.answer(answer);
    const failure = await failureOfSending(
      sink,
      answer === "hang" ? deadlineOnce(receiver.arrived(1)) : noDeadline(),
    );
    await sink.close();
    expect(receiver.requests[0]?.headers).toMatchObject({
      authorization: suite.authorization?.(CANARY) ?? `Bearer ${CANARY}`,
      "x-token": CANARY,
    });
    expectNoCanary([...printsOf(failure), inspect(sink, { depth: 10, showHidden: true }), ...log]);
  });

  it.each([
    ["is not one", CANARY],
    ["has another scheme", `ftp://127.0.0.1/${CANARY}`],
    ["leads nowhere", `http://127.0.0.1:1/${CANARY}`],
    ["is a metadata address", `http://169.254.169.254/${CANARY}`],
  ])("shows no secret when its URL %s", async (_, url) => {
    await using receiver = await suite.receiver();
    const { sink, log } = makeSink(
      type,
      { ...suite.options(receiver, CANARY), ...addressed(suite, { env: "URL" }) },
      { env: { URL: url } },
    );
    const failure = await failureOfSending(sink);
    await sink.close();
    expectNoCanary([...printsOf(failure), ...log]);
  });

  it("says which secret does not resolve", async () => {
    await using receiver = await suite.receiver();
    const { sink } = makeSink(type, {
      ...suite.options(receiver, CANARY),
      ...addressed(suite, { env: "NO_SUCH_URL" }),
    });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "misconfigured", class: "broken" });
    expect(failure.message).toContain("NO_SUCH_URL");
  });

  it("A10: uses a secret file's new content after the kubelet has swapped its link", async () => {
    const directory = await mkdtemp(join(tmpdir(), "tocsin-secret-"));
    await using receiver = await suite.receiver();
    await writeFile(join(directory, "old"), `${receiver.url}/old\n`);
    await writeFile(join(directory, "new"), `${receiver.url}/new\n`);
    await symlink("old", join(directory, "url"));
    const { sink } = makeSink(type, {
      ...suite.options(receiver, CANARY),
      ...addressed(suite, { file: join(directory, "url") }),
    });
    await sendOnce(sink);
    await symlink("new", join(directory, "swap"));
    await rename(join(directory, "swap"), join(directory, "url"));
    await sendOnce(sink);
    await sink.close();
    await rm(directory, { recursive: true });
    // Some add a path or a signature of their own.
    const placeOf = suite.placeOf ?? (({ path }) => path);
    expect(receiver.requests.map((request) => placeOf(request).slice(0, 4))).toEqual(["/old", "/new"]);
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

import { describe, expect, it } from "vitest";

import type { Notification } from "../../src/alert/index.ts";
import type { FailureClass } from "../../src/egress/index.ts";
import { TokenBucket } from "../../src/lib/token-bucket.ts";
import { parseSink, type SinkType } from "../../src/sink/index.ts";
import { STORIES } from "../sink/present/stories.ts";
import { type ChatVendor, type FakeChat, startChat } from "../vendors/chat-vendor.ts";
import { EMPTY_ANSWER, HTML_PAGE } from "../vendors/faults.ts";
import { describeSink, failureOfSending, makeSink, type MadeSink, sendOnce } from "./describe-sink.ts";
import { FakeClock } from "./fake-clock.ts";
import { type Answer, type FakeReceiver, startReceiver } from "./fake-receiver.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { makeLongest, makeNotification, makeNotificationOf, NOTIFICATIONS } from "./notifications.ts";
import { sendToEnd } from "./send-to-end.ts";

/** The parts that a chat gives to the suite. */
export interface ChatCase {
  readonly vendor: ChatVendor;
  /** The sink's own options, as users write them. @param secret A text to be put into every option that is secret. */
  readonly options: (fake: Pick<FakeReceiver, "url">, secret: string) => Readonly<Record<string, unknown>>;
  /** The key that signs requests, where the vendor has one, from that text. */
  readonly signedWith?: (secret: string) => string;
  /** The class of each state of an account; all states of the vendor must be here. */
  readonly states: Readonly<Record<string, FailureClass>>;
  /** Fails, by `expect`, when a body has anything live in it that came from `text`. Left out: the vendor sees all of it. */
  readonly check?: (body: string, text: string) => void;
  /** Its answer that accepts, for a vendor that takes no message at a path which is not its own. Left out: the fake. */
  readonly accepts?: Answer;
  /** Whether the first message of a group is changed at its end. */
  readonly edits: boolean;
}

const MINUTE_MS = 60_000;

/** Every chat against the fake of its vendor: the suite of all sinks, and the vendor's own limits, words, states and pace. */
export function describeChat(type: SinkType, suite: ChatCase): void {
  describeSink(type, {
    receiver: () =>
      suite.accepts === undefined
        ? startOf(suite, new FakeClock(), { anyPath: true })
        : startReceiver(suite.accepts),
    options: suite.options,
    check: suite.check ?? (() => undefined),
  });

  describe(`${type.type}, as its vendor sees it,`, () => {
    it.each(Object.entries({ ...NOTIFICATIONS, ...STORIES }))("takes as it is: %s", async (_, told) => {
      await withChat(type, suite, async ({ sink, log }, fake) => {
        await sendOnce(sink, told);
        expectTaken(fake, log);
      });
    });

    it.each(['*"\\', "中文é", "<&>", "\n\n\n"])(
      "A8: takes as it is what is longest in each part, of %j",
      async (sign) => {
        await withChat(type, suite, async ({ sink, log }, fake) => {
          await sendOnce(sink, makeLongest(sign));
          expectTaken(fake, log);
          expect(fake.losses()).toEqual([]);
          const [message] = fake.messages();
          expect(message?.text).toContain("…");
          expect(message?.text.isWellFormed()).toBe(true);
        });
      },
    );

    it.each(Object.entries(HOSTILE_TEXTS))("takes, and rings nobody's phone for: %s", async (_, text) => {
      await withChat(type, suite, async ({ sink, log }, fake) => {
        await sendOnce(sink, makeNotificationOf(text));
        expectTaken(fake, log);
        expect(fake.messages()[0]?.pings).toEqual([]);
      });
    });

    it("is in one of these states", () => {
      expect(Object.keys(suite.states)).toEqual(Object.keys(suite.vendor.states));
    });

    it.each(Object.entries(suite.states))("in the state %s is %s", async (word, kind) => {
      await withChat(type, suite, async ({ sink }, fake) => {
        fake.faultAlways({ word });
        expect((await failureOfSending(sink)).class).toBe(kind);
        fake.reset();
        await sendOnce(sink);
        expect(fake.messages()).toHaveLength(1);
      });
    });

    it("gets a message once more only when its answer did not come", async () => {
      await withChat(type, suite, async ({ sink }, fake) => {
        fake.fault("cut after 200");
        await sendOnce(sink);
        fake.fault(EMPTY_ANSWER);
        await sendOnce(sink);
        fake.fault("cut before");
        expect((await failureOfSending(sink)).class).toBe("transient");
        fake.fault(HTML_PAGE);
        expect(await failureOfSending(sink)).toMatchObject({ class: "broken" });
        expect(fake.messages()).toHaveLength(1);
      });
    });

    it("shows the problem until its end, and rings for nothing that the configuration does not name", async () => {
      await withChat(type, suite, async ({ sink, log }, fake) => {
        const memory = await sendToEnd(sink, storyOf("first"));
        const later = await sendToEnd(sink, storyOf("repeat"), memory);
        await sendToEnd(sink, storyOf("resolved by an event"), later);
        expect(fake.messages().map(({ edits }) => edits)).toEqual(suite.edits ? [2, 0, 0] : [0, 0, 0]);
        expect(fake.messages()[0]?.text).toContain(suite.edits ? "🟢" : "🟠");
        expect(fake.messages().flatMap(({ pings }) => pings)).toEqual([]);
        expect([fake.ignored(), log]).toEqual([[], []]);
      });
    });

    it("is never asked too often in two minutes of many messages", async () => {
      const clock = new FakeClock();
      await withChat(
        type,
        suite,
        async ({ sink }, fake) => {
          fake.limit();
          const { sink: configured } = parseSink(entryOf(type, suite, fake), [type]);
          const bucket = new TokenBucket(configured?.common.rateLimit, clock.now());
          const until = clock.now() + 2 * MINUTE_MS;
          while (clock.now() < until) {
            if (bucket.available(clock.now()) >= 1) {
              bucket.take(1);
              await sendOnce(sink, makeNotification({ id: String(clock.now()) }));
            }
            await clock.advance(100);
          }
          // Teams takes the fewest.
          expect(fake.messages().length).toBeGreaterThan(5);
        },
        clock,
      );
    });
  });
}

function storyOf(name: string): Notification {
  const told = NOTIFICATIONS[name];
  if (told === undefined) throw new Error(`no notification ${name}`);
  // Each message of delivery has an id of its own.
  return { ...told, id: name };
}

/** One message, in its full form, without a key that the vendor drops. */
function expectTaken(fake: FakeChat, log: readonly string[]): void {
  expect([fake.messages().length, fake.ignored(), log]).toEqual([1, [], []]);
}

function startOf(
  suite: ChatCase,
  clock: FakeClock,
  options: { readonly anyPath?: boolean } = {},
): Promise<FakeChat> {
  const secret = suite.signedWith?.(SECRET);
  return startChat(suite.vendor, { clock, ...options, ...(secret === undefined ? {} : { secret }) });
}

const SECRET = "canary-4f9a1c7e2b";

function entryOf(
  type: SinkType,
  suite: ChatCase,
  fake: Pick<FakeReceiver, "url">,
): Readonly<Record<string, unknown>> {
  return { name: "ops", type: type.type, ...suite.options(fake, SECRET) };
}

async function withChat(
  type: SinkType,
  suite: ChatCase,
  run: (made: MadeSink, fake: FakeChat) => Promise<void>,
  clock = new FakeClock(),
): Promise<void> {
  await using fake = await startOf(suite, clock);
  const made = makeSink(type, suite.options(fake, SECRET), { clock });
  try {
    await run(made, fake);
  } finally {
    await made.sink.close();
  }
}

import { describe, expect, it } from "vitest";

import { FakeClock } from "../support/fake-clock.ts";
import { type ChatOptions, type ChatVendor, type FakeChat, startChat } from "./chat-vendor.ts";
import { EMPTY_ANSWER, HTML_PAGE } from "./faults.ts";

/** A request to a vendor. */
export interface RequestSketch {
  /** `POST` by default. */
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string goes out as it is. */
  readonly body?: unknown;
}

/** A vendor's answer, its body as JSON where it is JSON. */
export interface ReceivedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The parts that a vendor's test gives to the suite. */
export interface VendorCase {
  /** A request with this body, as the vendor's page shows it; another path or header may be given. */
  readonly request: (body: unknown) => RequestSketch;
  /** Bodies as published, with the words that people see. */
  readonly accepted: Readonly<Record<string, { readonly body: unknown; readonly text: string }>>;
  /** Bodies, or whole requests, with the answer, or a part of it. */
  readonly refused: Readonly<Record<string, (Answered & { readonly body: unknown }) | RefusedRequest>>;
  /** The answer in each state of the account. */
  readonly states: Readonly<Record<string, Answered>>;
  /** The tightest window, and the answer to one request more. `windows` stand for its own where those are too wide. */
  readonly limited: Answered & {
    readonly requests: number;
    readonly seconds: number;
    readonly windows?: ChatVendor["rate"]["windows"];
  };
  readonly options?: ChatOptions;
}

/** A status, and the body of the answer or a part of it. */
interface Answered {
  readonly status: number;
  readonly answer: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RefusedRequest extends Answered {
  readonly request: RequestSketch;
}

/** Sends a request as any HTTP client does. */
export async function ask(
  vendor: FakeChat,
  { method = "POST", path, headers, body }: RequestSketch,
): Promise<ReceivedReply> {
  const content = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const reply = await fetch(vendor.url + path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...content,
  });
  const text = await reply.text();
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: parse(text) };
}

/** The demands on each fake of a vendor: accept what the vendor publishes, refuse in its words, keep its rate, break. */
export function describeVendor(vendor: ChatVendor, suite: VendorCase): void {
  const { options = {} } = suite;
  const [example] = Object.values(suite.accepted);
  if (example === undefined) throw new Error("a vendor has a published example");
  const posting = suite.request(example.body);

  describe(`the fake of ${vendor.type}`, () => {
    it.each(Object.entries(suite.accepted))("accepts %s", async (_, { body, text }) => {
      await using fake = await startChat(vendor, options);
      const reply = await ask(fake, suite.request(body));
      const texts = fake.messages().map((message) => message.text);
      // The answer says why not.
      expect({ texts, answer: reply.body }).toEqual({ texts: [text], answer: reply.body });
      expect(fake.ignored()).toEqual([]);
    });

    it.each(Object.entries(suite.refused))("refuses %s", async (_, refused) => {
      await using fake = await startChat(vendor, options);
      const reply = await ask(fake, "request" in refused ? refused.request : suite.request(refused.body));
      expectAnswer(reply, refused);
      expect(fake.messages()).toEqual([]);
    });

    it("has a state for each of these", () => {
      expect(Object.keys(vendor.states)).toEqual(Object.keys(suite.states));
    });

    it.each(Object.entries(suite.states))("can be in the state: %s", async (state, expected) => {
      await using fake = await startChat(vendor, options);
      fake.fault({ word: state });
      expectAnswer(await ask(fake, posting), expected);
      expect(fake.messages()).toEqual([]);
      await ask(fake, posting);
      expect(fake.messages()).toHaveLength(1);
    });

    it("keeps its rate, and takes more after the time that it names", async () => {
      const clock = new FakeClock();
      await using fake = await startChat(vendor, { ...options, clock });
      const { requests, seconds, windows } = suite.limited;
      fake.limit(windows);
      for (let count = 0; count < requests; count += 1) await ask(fake, posting);
      expect(fake.messages()).toHaveLength(requests);
      expectAnswer(await ask(fake, posting), suite.limited);
      await clock.advance(seconds * 1000 - 1);
      await ask(fake, posting);
      expect(fake.messages()).toHaveLength(requests);
      await clock.advance(1);
      await ask(fake, posting);
      expect(fake.messages()).toHaveLength(requests + 1);
    });

    it.each([
      { fault: "cut before", kept: 0 },
      { fault: "cut after", kept: 1 },
      { fault: "cut after 200", kept: 1 },
      { fault: HTML_PAGE, kept: 0 },
      { fault: EMPTY_ANSWER, kept: 0 },
    ] as const)("breaks once by $fault", async ({ fault, kept }) => {
      await using fake = await startChat(vendor, options);
      fake.fault(fault);
      await ask(fake, posting).catch(() => undefined);
      expect(fake.messages()).toHaveLength(kept);
    });

    it("takes a message at any path, when told to", async () => {
      await using fake = await startChat(vendor, { ...options, anyPath: true });
      await ask(fake, { ...posting, path: posting.path.replace(/^[^?]*/u, "/old") });
      expect(fake.messages()).toHaveLength(1);
      await using strict = await startChat(vendor, options);
      const { status } = await ask(strict, { ...posting, path: "/old" });
      expect(status).toBe(vendor.notFound.status);
      expect(strict.messages()).toEqual([]);
    });
  });
}

function expectAnswer(reply: ReceivedReply, { status, answer, headers = {} }: Answered): void {
  expect(reply).toMatchObject({ status, headers, body: answer });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import type { Clock } from "../../src/lib/clock.ts";
import type { Reply, VendorCall } from "./chat-vendor.ts";

/** How many requests a vendor takes, and its words when it has had enough. */
export interface VendorRate {
  /** Each holds for itself: at most so many requests in so many seconds. */
  readonly windows: readonly { readonly requests: number; readonly seconds: number }[];
  /** After a request too many it takes none for so long. Left out, none is punished. */
  readonly banSeconds?: number;
  /** The name of the count, such as a chat; one for the whole vendor by default. */
  readonly of?: (call: VendorCall) => string;
  readonly refusal: (retryAfterSeconds: number) => Reply;
  /** The headers in which it says how many more it takes in the tightest window. */
  readonly headers?: (left: number, resetSeconds: number) => Readonly<Record<string, string>>;
}

/** A count of requests by a clock. */
export interface RateLimit {
  /** The refusal; undefined when the request may pass, which counts it. */
  pass(call: VendorCall): Reply | undefined;
  /** An answer, with the headers of the limit. */
  mark(reply: Reply, call: VendorCall): Reply;
}

/** Counts in windows that slide. */
export function createRateLimit(rate: VendorRate, clock: Pick<Clock, "now">): RateLimit {
  const passed = new Map<string, number[]>();
  const bannedUntil = new Map<string, number>();
  const nameOf = (call: VendorCall): string => rate.of?.(call) ?? "";
  const timesOf = (call: VendorCall): number[] => {
    const times = passed.get(nameOf(call)) ?? [];
    passed.set(nameOf(call), times);
    return times;
  };
  /** When a further request may pass, in epoch milliseconds; the earliest time for now. */
  const freeAt = (times: readonly number[]): number =>
    Math.max(
      ...rate.windows.map(({ requests, seconds }) => {
        const first = times.at(-requests);
        return first === undefined ? 0 : first + seconds * 1000;
      }),
    );
  return {
    pass: (call) => {
      const now = clock.now();
      const times = timesOf(call);
      const isOver = freeAt(times) > now;
      if (isOver && rate.banSeconds !== undefined)
        bannedUntil.set(nameOf(call), now + rate.banSeconds * 1000);
      const until = Math.max(freeAt(times), bannedUntil.get(nameOf(call)) ?? 0);
      if (until > now) return rate.refusal((until - now) / 1000);
      times.push(now);
      return undefined;
    },
    mark: (reply, call) => {
      if (rate.headers === undefined) return reply;
      const now = clock.now();
      const left = rate.windows.map(({ requests, seconds }) => ({
        left: requests - timesOf(call).filter((time) => time > now - seconds * 1000).length,
        seconds,
      }));
      const [tightest = { left: 0, seconds: 0 }] = left.toSorted((a, b) => a.left - b.left);
      return { ...reply, headers: { ...reply.headers, ...rate.headers(tightest.left, tightest.seconds) } };
    },
  };
}

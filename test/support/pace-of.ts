import { TokenBucket } from "../../src/lib/token-bucket.ts";
import { parseSink, type SinkType } from "../../src/sink/index.ts";

/** How many messages a chat with an address gets in two minutes of many, and in the fullest of all its minutes. */
export function paceOf(type: SinkType): { readonly inAll: number; readonly most: number } {
  const { sink } = parseSink({ name: "ops", type: type.type, url: { env: "URL" } }, [type]);
  const bucket = new TokenBucket(sink?.common.rateLimit, 0);
  const sent: number[] = [];
  for (let now = 0; now < 120_000; now += 100) {
    if (bucket.available(now) < 1) continue;
    bucket.take(1);
    sent.push(now);
  }
  const counts = sent.map((start) => sent.filter((at) => at >= start && at < start + 60_000).length);
  return { inAll: sent.length, most: Math.max(...counts) };
}

import { setTimeout as sleep } from "node:timers/promises";

import type { Clock } from "../../src/lib/clock.ts";
import type { Bed, EventBody } from "./bed.ts";
import type { Lineage, Schedule, Write } from "./schedule.ts";

/** A write as it went. */
export interface WriteRecord {
  readonly write: Write;
  /** Milliseconds since the start of the run, when the server had answered. */
  readonly at: number;
  readonly ok: boolean;
  /** Undefined where it could not be learnt. */
  readonly resourceVersion: string | undefined;
  /** Epoch milliseconds as the Event says; 0 where it says nothing. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** Writes of different Events go out side by side, those of one Event in their order. */
const LANES = 8;

/** Plays the writes of a schedule at their times; done when all were tried. */
export async function playWrites(
  { lineages, writes }: Schedule,
  parts: {
    readonly bed: Bed;
    readonly story: Clock;
    /** Milliseconds since the start of the run. */
    readonly now: () => number;
    readonly record: (record: WriteRecord) => void;
  },
): Promise<void> {
  const firstSeen = new Map<number, number>();
  const last = new Map<number, { readonly count: number; readonly at: number }>();
  const lane = async (lane: number): Promise<void> => {
    for (const write of writes.filter(({ lineage }) => lineage % LANES === lane)) {
      const lineage = lineages[write.lineage];
      if (lineage === undefined) continue;
      const wait = write.at - parts.now();
      if (wait > 0) await sleep(wait);
      const second = Math.floor((parts.story.now() + lineage.skewMs) / 1000) * 1000;
      // Writes that a frozen server held up come close together: with its old count and time nothing would be new.
      const before = last.get(write.lineage);
      const isCountedAnew = before !== undefined && write.count <= before.count;
      const lastSeenAt = isCountedAnew ? Math.max(second, before.at + 1000) : second;
      last.set(write.lineage, { count: write.count, at: lastSeenAt });
      const starts = write.op === "create" && !write.continues;
      const firstSeenAt = starts ? lastSeenAt : (firstSeen.get(write.lineage) ?? lastSeenAt);
      firstSeen.set(write.lineage, firstSeenAt);
      const answer = await send(parts.bed, lineage, write, { firstSeenAt, lastSeenAt });
      parts.record({
        write,
        at: parts.now(),
        ok: answer !== undefined,
        resourceVersion: answer?.resourceVersion,
        firstSeenAt,
        lastSeenAt,
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
}

interface Times {
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

function send(bed: Bed, lineage: Lineage, write: Write, times: Times): ReturnType<Bed["create"]> {
  const { namespace, name } = lineage;
  if (write.op === "delete") return bed.remove(namespace, name);
  const { metadata, ...body } = bodyOf(lineage, write, times);
  if (write.op === "create") return bed.create({ metadata, ...body });
  const { message, ...rest } = body;
  const news = lineage.style === "series" ? { series: rest["series"] } : lastOf(rest);
  return bed.patch(namespace, name, { message, ...news });
}

function lastOf({ count, lastTimestamp }: Readonly<Record<string, unknown>>): object {
  return { count, lastTimestamp };
}

/** The Event in core/v1. */
function bodyOf(
  { namespace, name, reason, type, style, prefix, padding }: Lineage,
  { state, count }: Write,
  { firstSeenAt, lastSeenAt }: Times,
): EventBody & Readonly<Record<string, unknown>> {
  // Some of the padding is hard for parsers of lines.
  const fill = padding === 0 ? "" : ` \u2028é😀"\\${"x".repeat(padding)}`;
  const common = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace, name },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name },
    reason,
    type,
    // New-style Events may say only 1024 bytes.
    message: `${prefix}chaos ${name}#${state}${style === "series" ? "" : fill}`,
  };
  switch (style) {
    case "bare":
      return { ...common, source: { component: "chaos" } };
    case "count":
      return {
        ...common,
        source: { component: "chaos" },
        count,
        firstTimestamp: seconds(firstSeenAt),
        lastTimestamp: seconds(lastSeenAt),
      };
    case "series":
      return {
        ...common,
        action: "Breaking",
        reportingComponent: "chaos",
        reportingInstance: "chaos-0",
        eventTime: micros(firstSeenAt),
        ...(count > 1 ? { series: { count, lastObservedTime: micros(lastSeenAt) } } : {}),
      };
  }
}

function seconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/u, "Z");
}

/** The API server takes exactly six digits. */
function micros(time: number): string {
  return new Date(time).toISOString().replace(/Z$/u, "000Z");
}

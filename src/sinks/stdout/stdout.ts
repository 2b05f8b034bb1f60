import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { plainJson } from "../../lib/plain-json.ts";
import { strict } from "../../lib/schema.ts";
import { defineSink, nativeJson, present, type PreviewLook, wellFormedJson } from "../../sink/index.ts";
import { toBlock } from "./block.ts";

const Options = strict({
  format: z.enum(["pretty", "json"]).default("pretty").describe("for people, or one native body per line"),
});
type Options = z.infer<typeof Options>;

/** Wide enough for a kubelet's message, narrow enough for a laptop. */
const WIDTH = 100;

/** Prints alerts to standard output; records always as JSON lines. */
export const stdout = defineSink<Options>({
  type: "stdout",
  options: Options,
  takes: ["alerts", "records"],
  shows: true,
  traits: () => ({ rateLimit: undefined, concurrency: 1 }),
  http: false,
  preview: toText,
  create: (options, context) => ({
    send: async (notification) => {
      const look = { now: context.clock.now(), colour: context.colour };
      await context.stdout(toText(notification, options, look));
      return {};
    },
    write: async (records) => {
      await context.stdout(records.map(({ shown, body }) => jsonLine(shown ?? body)).join(""));
      return records.map(() => ({ ok: true }));
    },
    close: () => Promise.resolve(),
  }),
});

function toText(notification: Notification, { format }: Options, { now, colour }: PreviewLook): string {
  return format === "json"
    ? jsonLine(nativeJson(notification))
    : toBlock(present(notification, now), now, { width: WIDTH, colour });
}

function jsonLine(json: string): string {
  return `${plainJson(wellFormedJson(json))}\n`;
}

import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";

/** A channel as users write it: its name with `#`, or its id. */
const ChannelName = z
  .string()
  .regex(
    /^(?:#[^\s#@<>,|]{1,80}|[CGD][A-Z0-9]{6,20})$/u,
    "expected #name or the id of a channel, such as C012AB3CD",
  );

/** A channel, or channels chosen by an alert's label out of a closed set, so that no Event chooses one. */
export const Channel = z.union(
  [
    ChannelName,
    strict({
      by: z.string({ error: "expected a label of the alert, such as team" }).min(1),
      of: z.record(z.string(), ChannelName, {
        error: "expected a mapping from values of the label to channels",
      }),
      else: ChannelName,
    }),
  ],
  { error: 'expected a channel, such as "#ops" or C012AB3CD, or { by, of, else }' },
);
export type Channel = z.infer<typeof Channel>;

/** The channel of one notification. Its alerts have one value of the label, for routes to the sink group by it. */
export function channelOf(
  channel: Channel,
  { group, alerts }: Pick<Notification, "group" | "alerts">,
): string {
  if (typeof channel === "string") return channel;
  const { by, of, else: other } = channel;
  const value = group.labels[by] ?? alerts[0]?.labels[by] ?? "";
  return Object.hasOwn(of, value) ? (of[value] ?? other) : other;
}

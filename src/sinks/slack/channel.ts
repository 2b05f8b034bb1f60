import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { type Choice, choiceOption, chosenName, valueOf } from "../../sink/options/index.ts";

/** A channel as users write it: its name with `#`, or its id. */
const ChannelName = z
  .string()
  .regex(
    /^(?:#[^\s#@<>,|]{1,80}|[CGD][A-Z0-9]{6,20})$/u,
    "expected #name or the id of a channel, such as C012AB3CD",
  );

/** A channel, or channels chosen by a label. */
export const Channel = choiceOption(ChannelName, {
  one: 'a channel, such as "#ops" or C012AB3CD',
  many: "channels",
});
export type Channel = Choice<string>;

/** The channel of one notification. */
export function channelOf(channel: Channel, notification: Notification): string {
  return valueOf(channel, chosenName(channel, notification));
}

import { z } from "zod";

import { ACTIONS, OPTIONS, readBlockId } from "./buttons.ts";

/** The parts of a click that somebody reads (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload). */
const Payload = z.object({
  type: z.literal("block_actions"),
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({
    id: z.string(),
    username: z.string().catch(""),
    team_id: z.string().optional().catch(undefined),
  }),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional().catch(undefined) }),
  response_url: z.string().optional().catch(undefined),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        block_id: z.string(),
        selected_option: z.object({ value: z.string() }).optional().catch(undefined),
      }),
    )
    .min(1),
});

/** The wish of a click: a silence for so many milliseconds (undefined: until the end), or a word that somebody looks. */
export type Wish =
  | { readonly kind: "silence"; readonly forMs: number | undefined }
  | { readonly kind: "looking" };

/** A click on one of our buttons. */
export interface Click {
  /** The mark of the sink that posted the message. */
  readonly owner: string;
  readonly group: string;
  readonly wish: Wish;
  readonly user: { readonly id: string; readonly name: string; readonly team: string | undefined };
  /** The workspace of the app. */
  readonly team: string | undefined;
  readonly channel: string;
  /** The parent of the thread. */
  readonly ts: string;
  /** Takes an answer that only the user sees. */
  readonly responseUrl: string | undefined;
}

const HOUR_MS = 3_600_000;

const WISHES: Readonly<Record<string, Wish>> = {
  [ACTIONS.silence]: { kind: "silence", forMs: 2 * HOUR_MS },
  [`${ACTIONS.more} ${OPTIONS.untilEnd}`]: { kind: "silence", forMs: undefined },
  [`${ACTIONS.more} ${OPTIONS.long}`]: { kind: "silence", forMs: 8 * HOUR_MS },
  [`${ACTIONS.more} ${OPTIONS.looking}`]: { kind: "looking" },
};

/** Reads the payload of an envelope; undefined when it is no click on one of our buttons. */
export function readClick(payload: unknown): Click | undefined {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success) return undefined;
  const { actions, channel, message, response_url: responseUrl, team, user } = parsed.data;
  const [action] = actions;
  if (action === undefined) return undefined;
  const option = action.selected_option === undefined ? "" : ` ${action.selected_option.value}`;
  const name = action.action_id + option;
  const wish = Object.hasOwn(WISHES, name) ? WISHES[name] : undefined;
  const block = readBlockId(action.block_id);
  if (wish === undefined || block === undefined) return undefined;
  return {
    ...block,
    wish,
    user: { id: user.id, name: user.username === "" ? user.id : user.username, team: user.team_id },
    team: team?.id,
    channel: channel.id,
    ts: message.thread_ts ?? message.ts,
    responseUrl,
  };
}

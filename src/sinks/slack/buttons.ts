import type { ActionsBlock } from "@slack/types";

import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { SinkContext } from "../../sink/index.ts";
import { escape } from "./mrkdwn.ts";

/** Longest `block_id` of Slack. */
const LONGEST_BLOCK_ID = 255;

/** The action ids of our buttons. */
export const ACTIONS = { silence: "tocsin.silence:2h", more: "tocsin.more" } as const;

/** The values of the menu. */
export const OPTIONS = { untilEnd: "until-end", long: "8h", looking: "looking" } as const;

/** The sink that posts a message, in short: others, of other clusters too, may share its app and hear its clicks. */
export function ownerMark({ cluster, name }: Pick<SinkContext, "cluster" | "name">): string {
  return fingerprint([cluster, name]).slice(0, 12);
}

/**
 * The buttons of a message about one group that fires; undefined for others.
 *
 * @param owner The mark of the sink. @param now Epoch milliseconds.
 */
export function buttonsOf(
  notification: Notification,
  { owner, now }: { readonly owner: string; readonly now: number },
): ActionsBlock | undefined {
  const { group, kind, merged, status, test, title, trigger } = notification;
  const isOfOneGroup = (merged?.length ?? 1) === 1 && kind !== "digest" && trigger !== "self";
  // The id is new with each message, as Slack wants it, and names the sink and the group; nothing else comes back from Slack.
  const blockId = `tocsin/${now}/${owner}/${group.key}`;
  if (test || status !== "firing" || !isOfOneGroup || blockId.length > LONGEST_BLOCK_ID) return undefined;
  const what = escape(title, 180);
  return {
    type: "actions",
    block_id: blockId,
    elements: [
      {
        type: "button",
        action_id: ACTIONS.silence,
        text: plain("Silence 2 h"),
        confirm: {
          title: plain("Silence for 2 hours?"),
          text: {
            type: "mrkdwn",
            text: `Nobody hears of this, or gets worse news of it, until then: ${what}`,
          },
          confirm: plain("Silence"),
          deny: plain("Cancel"),
        },
      },
      {
        type: "overflow",
        action_id: ACTIONS.more,
        options: [
          { text: plain("Silence until it ends"), value: OPTIONS.untilEnd },
          { text: plain("Silence 8 h"), value: OPTIONS.long },
          { text: plain("I am looking"), value: OPTIONS.looking },
        ],
      },
    ],
  };
}

/** The sink and the group in the id of a block; undefined when it is none of ours. */
export function readBlockId(blockId: string): { readonly owner: string; readonly group: string } | undefined {
  const [, owner, group] = /^tocsin\/\d+\/([^/]+)\/(.+)$/su.exec(blockId) ?? [];
  return owner === undefined || group === undefined ? undefined : { owner, group };
}

function plain(text: string) {
  return { type: "plain_text" as const, text };
}

import type { ActionsBlock } from "@slack/types";

import type { Notification } from "../../alert/index.ts";
import { escape } from "./mrkdwn.ts";

/** Longest `block_id` of Slack. */
const LONGEST_BLOCK_ID = 255;

/** The action ids of our buttons. */
export const ACTIONS = { silence: "tocsin.silence:2h", more: "tocsin.more" } as const;

/** The values of the menu. */
export const OPTIONS = { untilEnd: "until-end", long: "8h", looking: "looking" } as const;

/** The buttons of a message about one group that fires; undefined for others. @param now Epoch milliseconds. */
export function buttonsOf(notification: Notification, now: number): ActionsBlock | undefined {
  const { group, kind, merged, status, test, title, trigger } = notification;
  const isOfOneGroup = (merged?.length ?? 1) === 1 && kind !== "digest" && trigger !== "self";
  // The id is new with each message, as Slack wants it, and names the group; nothing else comes back from Slack.
  const blockId = `tocsin/${now}/${group.key}`;
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

/** The key of the group in the id of a block; undefined when it is none of ours. */
export function groupOfBlock(blockId: string): string | undefined {
  return /^tocsin\/\d+\/(?<group>.+)$/su.exec(blockId)?.groups?.["group"];
}

function plain(text: string) {
  return { type: "plain_text" as const, text };
}

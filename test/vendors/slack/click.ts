import { type Json, asList, asObject } from "../json.ts";
import { TEAM_ID } from "./methods.ts";
import type { Channel, SlackMessage } from "./workspace.ts";

/** Who clicks. */
export interface SlackUser {
  /** `U…` */
  readonly id: string;
  readonly username: string;
  /** The user's own workspace; another one in a channel that is shared with it. */
  readonly team?: string;
}

/** A click as a test makes it. */
export interface ClickSketch {
  /** The message as `messages()` shows it, or where it is. */
  readonly message: Pick<SlackMessage, "channel" | "ts">;
  readonly actionId: string;
  readonly user: SlackUser;
  /** The `value` of the option, for a menu. */
  readonly option?: string;
}

interface Found {
  readonly element: Json;
  readonly blockId: string;
  /** 1 and up; undefined for a block of the message itself. */
  readonly attachmentId: number | undefined;
}

/**
 * The payload that Slack sends for a click
 * (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
 *
 * @throws {Error} when nobody can click there, since the message shows no such button or option.
 */
export function clickPayload(
  sketch: ClickSketch,
  message: SlackMessage,
  channel: Channel,
  responseUrl: string,
): Json {
  const { actionId, user, option } = sketch;
  const found = findAction(message, actionId);
  if (found === undefined) throw new Error(`the message shows no ${actionId}`);
  const { attachmentId } = found;
  return {
    type: "block_actions",
    team: { id: TEAM_ID, domain: "example" },
    user: { id: user.id, username: user.username, name: user.username, team_id: user.team ?? TEAM_ID },
    api_app_id: "A0TOCSIN",
    token: "verification-token",
    container: {
      type: attachmentId === undefined ? "message" : "message_attachment",
      message_ts: message.ts,
      ...(attachmentId === undefined ? {} : { attachment_id: attachmentId }),
      channel_id: message.channel,
      is_ephemeral: false,
      is_app_unfurl: false,
    },
    trigger_id: "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
    channel: { id: channel.id, name: channel.name },
    message: {
      bot_id: "B0TOCSIN",
      type: "message",
      text: message.text,
      user: "U0TOCSIN",
      ts: message.ts,
      ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
      ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    },
    response_url: responseUrl,
    actions: [{ ...actionOf(found, option), block_id: found.blockId, action_ts: "1548426417.840180" }],
  };
}

function actionOf({ element }: Found, option: string | undefined): Json {
  const { type, action_id, text, value, options } = element;
  if (type !== "overflow") return { type, action_id, text, ...(value === undefined ? {} : { value }) };
  const selected = asList(options).find((each) => asObject(each)?.["value"] === option);
  if (selected === undefined)
    throw new Error(`the menu ${String(action_id)} has no option ${String(option)}`);
  return { type, action_id, selected_option: selected };
}

function findAction(message: SlackMessage, actionId: string): Found | undefined {
  const places = [
    { blocks: message.blocks, attachmentId: undefined },
    ...message.attachments.map(({ blocks }, index) => ({ blocks: asList(blocks), attachmentId: index + 1 })),
  ];
  for (const { blocks, attachmentId } of places) {
    for (const [index, entry] of blocks.entries()) {
      const block = asObject(entry) ?? {};
      const elements = [...asList(block["elements"]), block["accessory"]].map((each) => asObject(each) ?? {});
      const element = elements.find((each) => each["action_id"] === actionId);
      // Slack makes a block_id where none is given.
      const blockId = typeof block["block_id"] === "string" ? block["block_id"] : `b${index}`;
      if (element !== undefined) return { element, blockId, attachmentId };
    }
  }
  return undefined;
}

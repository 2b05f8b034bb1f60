import {
  type ChatMessage,
  DIALECTS,
  fit,
  jsonBytes,
  layOut,
  type LayoutPart,
} from "../../sink/chat/index.ts";
import type { State } from "../../sink/index.ts";

/**
 * Bytes of JSON. Teams refuses a message of more than 28 KB, which it counts after it has made a fifth more of a card
 * (https://github.com/MicrosoftDocs/msteams-docs/issues/11274), and says so only in the history of the workflow.
 */
const MOST_BYTES = 18_000;
const LIMITS = {
  headline: 1200,
  words: 3000,
  evidence: 3000,
  logs: 2200,
  places: 2800,
  command: 600,
  why: 900,
} as const;
const PLAIN_LIMIT = 8000;

/** A card takes six buttons. */
const MOST_BUTTONS = 6;

const DIALECT = { ...DIALECTS.adaptive, measure: jsonBytes };

/** A piece of text in a card. */
export interface TextBlock {
  readonly type: "TextBlock";
  readonly text: string;
  readonly wrap: true;
  readonly weight?: "Bolder";
  readonly size?: "Small" | "Medium";
  readonly color?: Colour;
  readonly fontType?: "Monospace";
  readonly isSubtle?: true;
  readonly separator?: true;
}

type Colour = "Default" | "Accent" | "Good" | "Warning" | "Attention";

/** An Adaptive Card as a workflow takes it, https://learn.microsoft.com/connectors/teams#microsoft-teams-webhook */
export interface TeamsMessage {
  readonly type: "message";
  readonly attachments: readonly [
    {
      readonly contentType: "application/vnd.microsoft.card.adaptive";
      readonly contentUrl: null;
      readonly content: AdaptiveCard;
    },
  ];
}

interface AdaptiveCard {
  readonly $schema: "http://adaptivecards.io/schemas/adaptive-card.json";
  readonly type: "AdaptiveCard";
  readonly version: "1.4";
  readonly body: readonly TextBlock[];
  readonly actions?: readonly {
    readonly type: "Action.OpenUrl";
    readonly title: string;
    readonly url: string;
  }[];
  readonly msteams: {
    readonly width: "Full";
    readonly entities?: readonly {
      readonly type: "mention";
      readonly text: string;
      readonly mentioned: { readonly id: string; readonly name: string };
    }[];
  };
}

const COLOURS: Readonly<Record<State, Colour>> = {
  critical: "Attention",
  warning: "Warning",
  info: "Accent",
  resolved: "Good",
  quiet: "Default",
  test: "Accent",
};

/** The whole message: each part a block, and the links as buttons as far as the card has room for them. */
export function toCard(message: ChatMessage<unknown>): TeamsMessage {
  const { shown } = message;
  const part = (only: readonly LayoutPart[], limit: number): string => partOf(message, only, limit);
  const command = fit(shown.command ?? "", LIMITS.command, DIALECT.text, jsonBytes);
  const body = [
    headlineOf(message),
    block(part(["facts", "cause", "text", "note"], LIMITS.words)),
    block(part(["evidence"], LIMITS.evidence), { fontType: "Monospace", separator: true }),
    block(part(["logs"], LIMITS.logs), { fontType: "Monospace" }),
    block(part(["places"], LIMITS.places)),
    block(command, { fontType: "Monospace" }),
    block(part(["why"], LIMITS.why), { isSubtle: true, size: "Small" }),
  ].filter((each) => each !== undefined);
  return buttonsIn(messageOf(body, message), shown.links);
}

/** The same in one block, for a card that is refused. */
export function toPlainCard(message: ChatMessage<unknown>): TeamsMessage {
  const parts = ["facts", "cause", "text", "note", "evidence", "places", "why"] as const;
  const rest = block(partOf(message, parts, PLAIN_LIMIT));
  return messageOf([headlineOf(message), ...(rest === undefined ? [] : [rest])], message);
}

function headlineOf(message: ChatMessage<unknown>): TextBlock {
  const { shown, mentions, now } = message;
  const called = mentions.map(mentionText);
  const text = layOut(shown, {
    dialect: { ...DIALECT, bold: DIALECT.text },
    limit: LIMITS.headline + called.join(" ").length,
    now,
    mentions: called,
    only: ["headline"],
  });
  const look = { weight: "Bolder", size: "Medium", color: COLOURS[shown.state] } as const;
  return { type: "TextBlock", text, wrap: true, ...look };
}

function partOf({ shown, now }: ChatMessage<unknown>, only: readonly LayoutPart[], limit: number): string {
  return layOut(shown, { dialect: DIALECT, limit, now, only });
}

function block(text: string, look: Partial<TextBlock> = {}): TextBlock | undefined {
  return text === "" ? undefined : { type: "TextBlock", text, wrap: true, ...look };
}

function messageOf(body: readonly TextBlock[], { mentions }: ChatMessage<unknown>): TeamsMessage {
  const entities = mentions.map((id) => ({
    type: "mention" as const,
    text: mentionText(id),
    mentioned: { id, name: id },
  }));
  const content: AdaptiveCard = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body,
    msteams: { width: "Full", ...(entities.length === 0 ? {} : { entities }) },
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
}

/** A mention is this text, and the entity that explains it. */
function mentionText(id: string): string {
  return `<at>${id}</at>`;
}

function buttonsIn(message: TeamsMessage, links: ChatMessage<unknown>["shown"]["links"]): TeamsMessage {
  const [attachment] = message.attachments;
  const withButtons = (count: number): TeamsMessage => {
    const actions = links
      .slice(0, count)
      .map(({ label, url }) => ({ type: "Action.OpenUrl" as const, title: label, url }));
    const content = { ...attachment.content, ...(actions.length === 0 ? {} : { actions }) };
    return { ...message, attachments: [{ ...attachment, content }] };
  };
  for (let count = Math.min(links.length, MOST_BUTTONS); count > 0; count--) {
    const whole = withButtons(count);
    if (Buffer.byteLength(JSON.stringify(whole)) <= MOST_BYTES) return whole;
  }
  return message;
}

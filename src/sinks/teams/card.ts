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
 * Bytes of JSON for each part, of which the longest take less. Teams refuses a message of more than 28 KB, which it counts
 * after it has made a fifth more of a card (https://github.com/MicrosoftDocs/msteams-docs/issues/11274), and says so only
 * in the history of the workflow: all parts and links together have less than 18 KB.
 */
const PART_LIMIT = 3000;
const COMMAND_LIMIT = 600;
const PLAIN_LIMIT = 8000;

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

/** The whole message: each part a block, and the links as buttons. */
export function toCard(message: ChatMessage<unknown>): TeamsMessage {
  const { shown } = message;
  const part = (...only: LayoutPart[]): string => partOf(message, only, PART_LIMIT);
  const command = fit(shown.command ?? "", COMMAND_LIMIT, DIALECT.text, jsonBytes);
  const body = [
    headlineOf(message),
    block(part("facts", "cause", "text", "note")),
    block(part("evidence"), { fontType: "Monospace", separator: true }),
    block(part("logs"), { fontType: "Monospace" }),
    block(part("places")),
    block(command, { fontType: "Monospace" }),
    block(part("why"), { isSubtle: true, size: "Small" }),
  ].filter((each) => each !== undefined);
  const actions = shown.links.map(({ label, url }) => ({
    type: "Action.OpenUrl" as const,
    title: label,
    url,
  }));
  return messageOf(body, message, actions);
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
    limit: PART_LIMIT,
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

function messageOf(
  body: readonly TextBlock[],
  { mentions }: ChatMessage<unknown>,
  actions: AdaptiveCard["actions"] = [],
): TeamsMessage {
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
    ...(actions.length === 0 ? {} : { actions }),
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
}

/** A mention is this text, and the entity that explains it. */
function mentionText(id: string): string {
  return `<at>${id}</at>`;
}

import type { Json } from "../json.ts";
import { type Content, isEmpty, textsOf } from "./content.ts";
import { Refusal } from "./refusal.ts";

/** A channel as a test sets it up. */
export interface ChannelSketch {
  /** Without `#`. */
  readonly name: string;
  /** `C…`; by default made from the place in the list. */
  readonly id?: string;
  /** Whether the bot is in it; true by default. */
  readonly member?: boolean;
  readonly archived?: boolean;
  /** A private channel is not found by a bot that is not in it. */
  readonly private?: boolean;
  /** Shared with another workspace (Slack Connect). */
  readonly external?: boolean;
}

/** A channel. A test may archive it, or take the bot out, while the fake runs. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  member: boolean;
  archived: boolean;
  readonly private: boolean;
  readonly external: boolean;
}

/** A message as a person sees it, with its thread. */
export interface SlackMessage {
  /** Channel id. */
  readonly channel: string;
  /** Its identity within the channel: seconds with six decimals. */
  readonly ts: string;
  /** The parent of its thread; undefined for a parent. */
  readonly threadTs: string | undefined;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly Json[];
  readonly metadata: Json | undefined;
  readonly parse: string;
  readonly linkNames: boolean;
  /** A reply that also stands in the channel. */
  readonly broadcast: boolean;
  /** Whether "(edited)" is shown. Edits by blocks show nothing. */
  readonly edited: boolean;
  /** How often it was edited. */
  readonly edits: number;
  /** Emoji names with the users who gave them. */
  readonly reactions: ReadonlyMap<string, readonly string[]>;
  /** Its thread, oldest first. */
  readonly replies: readonly SlackMessage[];
  /** Whom it notifies: `channel`, `here`, `everyone`, `U…`, `S…`, in the order in which it names them. */
  readonly mentions: readonly string[];
}

/** A message that only one user sees. */
export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly threadTs: string | undefined;
}

interface Stored {
  channel: string;
  ts: string;
  threadTs: string | undefined;
  text: string;
  blocks: readonly Json[];
  attachments: readonly Json[];
  metadata: Json | undefined;
  parse: string;
  linkNames: boolean;
  broadcast: boolean;
  edited: boolean;
  edits: number;
  reactions: Map<string, string[]>;
  /** Epoch milliseconds. */
  postedAt: number;
  author: string;
}

/** How Slack reads names in a text. */
export interface Reading {
  readonly parse: string;
  readonly linkNames: boolean;
}

/** Where a message goes. */
export interface Place {
  readonly threadTs: string | undefined;
  readonly broadcast: boolean;
}

/** Channels and messages, with the rules that need both. Refuses in Slack's words. */
export class Workspace {
  readonly #channels: Channel[];
  readonly #messages: Stored[] = [];
  readonly #ephemerals: Ephemeral[] = [];
  readonly #now: () => number;
  #sequence = 0;
  /** Milliseconds after which a message can no longer be edited: a setting of the workspace. */
  editWindowMs = Number.POSITIVE_INFINITY;

  constructor(channels: readonly ChannelSketch[], now: () => number) {
    this.#now = now;
    this.#channels = channels.map(({ name, id, member, archived, ...rest }, index) => ({
      id: id ?? `C0${String(index + 1).padStart(8, "0")}`,
      name,
      member: member ?? true,
      archived: archived ?? false,
      private: rest.private ?? false,
      external: rest.external ?? false,
    }));
  }

  channels(): readonly Channel[] {
    return this.#channels;
  }

  ephemerals(): readonly Ephemeral[] {
    return this.#ephemerals;
  }

  /** The channel with this id, or with this name when `byName`. */
  channel(given: unknown, byName: boolean): Channel {
    if (typeof given !== "string" || given === "") throw new Refusal("channel_not_found");
    const name = given.replace(/^#/u, "");
    const found = this.#channels.find((channel) => channel.id === given || (byName && channel.name === name));
    if (found === undefined || (found.private && !found.member)) throw new Refusal("channel_not_found");
    return found;
  }

  /** As people see it: parents and broadcast replies, oldest first. */
  seen(channel: string): readonly SlackMessage[] {
    const { id } = this.channel(channel, true);
    return this.#messages
      .filter((message) => message.channel === id && (message.threadTs === undefined || message.broadcast))
      .map((message) => this.#view(message));
  }

  post(channel: Channel, content: Content, reading: Reading, place: Place): SlackMessage {
    if (isEmpty(content)) throw new Refusal("no_text");
    if (place.threadTs !== undefined) this.#parent(channel, place.threadTs);
    const stored: Stored = {
      channel: channel.id,
      ts: this.#nextTs(),
      threadTs: place.threadTs,
      text: content.text ?? "",
      blocks: content.blocks ?? [],
      attachments: content.attachments ?? [],
      metadata: content.metadata,
      ...reading,
      broadcast: place.threadTs !== undefined && place.broadcast,
      edited: false,
      edits: 0,
      reactions: new Map(),
      postedAt: this.#now(),
      author: "bot",
    };
    this.#messages.push(stored);
    return this.#view(stored);
  }

  /** A message of somebody else, which the bot may not edit. */
  say(channel: string, text: string, user = "U0PERSON"): SlackMessage {
    const posted = this.post(
      this.channel(channel, true),
      { text, blocks: undefined, attachments: undefined, metadata: undefined },
      { parse: "client", linkNames: true },
      { threadTs: undefined, broadcast: false },
    );
    this.#find(posted.channel, posted.ts).author = user;
    return posted;
  }

  edit(channel: Channel, ts: string, content: Content, reading: Reading): SlackMessage {
    const stored = this.#find(channel.id, ts);
    if (stored.author !== "bot") throw new Refusal("cant_update_message");
    if (this.#now() - stored.postedAt > this.editWindowMs) throw new Refusal("edit_window_closed");
    const given =
      content.text !== undefined || content.blocks !== undefined || content.attachments !== undefined;
    if (!given) throw new Refusal("no_text");
    // "If the text argument is provided and blocks are not provided, the blocks will be removed": page of chat.update.
    if (content.blocks !== undefined) stored.blocks = content.blocks;
    else if (content.text !== undefined) stored.blocks = [];
    // "If you don't include this field, the message's previous attachments will be retained": slack-api-ref.
    if (content.attachments !== undefined) stored.attachments = content.attachments;
    // "… the message's previous metadata will be retained. To remove …, include an empty object": slack-api-ref.
    if (content.metadata !== undefined)
      stored.metadata = Object.keys(content.metadata).length === 0 ? undefined : content.metadata;
    stored.text = content.text ?? stored.text;
    Object.assign(stored, reading);
    // "If blocks are used … the edited flag will not be displayed": page of chat.update.
    if (content.blocks === undefined) stored.edited = true;
    stored.edits += 1;
    return this.#view(stored);
  }

  react(channel: Channel, ts: string, name: string): void {
    const { reactions } = this.#find(channel.id, ts);
    const users = reactions.get(name) ?? [];
    if (users.includes("bot")) throw new Refusal("already_reacted");
    reactions.set(name, [...users, "bot"]);
  }

  whisper(ephemeral: Ephemeral): string {
    this.#ephemerals.push(ephemeral);
    return this.#nextTs();
  }

  /** Somebody deletes a message. */
  remove(channel: string, ts: string): void {
    const { id } = this.channel(channel, true);
    this.#messages.splice(this.#messages.indexOf(this.#find(id, ts)), 1);
  }

  message(channel: string, ts: string): SlackMessage {
    return this.#view(this.#find(channel, ts));
  }

  #find(channel: string, ts: string): Stored {
    const found = this.#messages.find((message) => message.channel === channel && message.ts === ts);
    if (found === undefined) throw new Refusal("message_not_found");
    return found;
  }

  /** "Avoid using a reply's ts value; use its parent instead": the fake refuses one. */
  #parent(channel: Channel, ts: string): void {
    const parent = this.#messages.find((message) => message.channel === channel.id && message.ts === ts);
    if (parent === undefined || parent.threadTs !== undefined) throw new Refusal("thread_not_found");
  }

  #nextTs(): string {
    this.#sequence += 1;
    return `${Math.floor(this.#now() / 1000)}.${String(this.#sequence).padStart(6, "0")}`;
  }

  #view(message: Stored): SlackMessage {
    const { postedAt: _, author: __, ...seen } = message;
    return {
      ...seen,
      reactions: new Map(message.reactions),
      replies: this.#messages
        .filter(({ channel, threadTs }) => channel === message.channel && threadTs === message.ts)
        .map((reply) => this.#view(reply)),
      mentions: mentionsOf(message),
    };
  }
}

/**
 * Tokens notify always; plain `@here` and names only where Slack looks for names: `link_names` and `parse: full`
 * (https://docs.slack.dev/messaging/formatting-message-text). `parse: client`, the default of an edit, links names too.
 */
function mentionsOf({ text, blocks, attachments, parse, linkNames }: Stored): readonly string[] {
  const texts = [text, ...textsOf([blocks, attachments])];
  return texts.flatMap((each) => {
    const tokens = [...each.matchAll(/<(?:!(?:subteam\^)?|@)(?<who>[A-Za-z0-9]+)(?:\|[^>]*)?>/gu)];
    const plain =
      parse === "none" && !linkNames
        ? []
        : [...each.matchAll(/(?<![\w<])@(?<who>channel|here|everyone)\b/gu)];
    return [...tokens, ...plain].map((match) => match.groups?.["who"] ?? "");
  });
}

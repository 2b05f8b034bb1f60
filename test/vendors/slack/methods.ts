import type { Json } from "../json.ts";
import { readContent } from "./content.ts";
import { Refusal } from "./refusal.ts";
import type { Channel, Reading, SlackMessage, Workspace } from "./workspace.ts";

/** The things that a method may touch. */
export interface MethodContext {
  readonly workspace: Workspace;
  /** Scopes of the bot token. */
  readonly scopes: ReadonlySet<string>;
  /** A fresh address for the socket. */
  readonly openConnection: () => string;
}

/** A method of the Web API: arguments in, answer out; throws a `Refusal`. */
export interface Method {
  /** The token that it wants. */
  readonly token: "bot" | "app";
  readonly scope?: string;
  /** Whether it changes what people see. */
  readonly writes: boolean;
  readonly call: (args: Json, context: MethodContext) => Json;
}

/** The methods of the fake. */
export const METHODS: Readonly<Record<string, Method>> = {
  "chat.postMessage": { token: "bot", scope: "chat:write", writes: true, call: postMessage },
  "chat.update": { token: "bot", scope: "chat:write", writes: true, call: update },
  "chat.postEphemeral": { token: "bot", scope: "chat:write", writes: true, call: postEphemeral },
  "reactions.add": { token: "bot", scope: "reactions:write", writes: true, call: addReaction },
  "auth.test": { token: "bot", writes: false, call: testAuth },
  "apps.connections.open": {
    token: "app",
    scope: "connections:write",
    writes: false,
    call: (_, { openConnection }) => ({ url: openConnection() }),
  },
};

function postMessage(args: Json, context: MethodContext): Json {
  const channel = writableChannel(args, context);
  const message = context.workspace.post(
    channel,
    readContent(args),
    // "parse: Change how messages are treated. Defaults to none": chat.postMessage.
    readReading(args, "none"),
    { threadTs: optionalText(args["thread_ts"]), broadcast: isTrue(args["reply_broadcast"]) },
  );
  return { channel: channel.id, ts: message.ts, message: shown(message) };
}

function update(args: Json, { workspace }: MethodContext): Json {
  // "channel: Channel containing the message", an id such as C1234567890: unlike chat.postMessage it says no word of names.
  const channel = workspace.channel(args["channel"], false);
  if (channel.archived) throw new Refusal("is_inactive");
  const ts = optionalText(args["ts"]);
  if (ts === undefined) throw new Refusal("invalid_arguments", ["[ERROR] missing required field: ts"]);
  // "Defaults to client, unlike chat.postMessage", and link_names to none: chat.update.
  const message = workspace.edit(channel, ts, readContent(args), readReading(args, "client"));
  return { channel: channel.id, ts, text: message.text, message: shown(message) };
}

function postEphemeral(args: Json, context: MethodContext): Json {
  const channel = writableChannel(args, context);
  const user = optionalText(args["user"]);
  if (user === undefined) throw new Refusal("invalid_arguments", ["[ERROR] missing required field: user"]);
  const { text = "", blocks = [] } = readContent(args);
  if (text.trim() === "" && blocks.length === 0) throw new Refusal("no_text");
  const threadTs = optionalText(args["thread_ts"]);
  return { message_ts: context.workspace.whisper({ channel: channel.id, user, text, blocks, threadTs }) };
}

function addReaction(args: Json, { workspace }: MethodContext): Json {
  const { name, timestamp } = args;
  if (args["channel"] === undefined || timestamp === undefined) throw new Refusal("no_item_specified");
  const channel = workspace.channel(args["channel"], false);
  if (channel.archived) throw new Refusal("is_archived");
  if (typeof timestamp !== "string" || !/^\d+\.\d{6}$/u.test(timestamp)) throw new Refusal("bad_timestamp");
  // Names of emoji come without colons.
  if (typeof name !== "string" || !/^[a-z0-9_+'-]+$/u.test(name)) throw new Refusal("invalid_name");
  workspace.react(channel, timestamp, name);
  return {};
}

function testAuth(): Json {
  return {
    url: "https://example.slack.com/",
    team: "Example",
    user: "tocsin",
    team_id: TEAM_ID,
    user_id: "U0TOCSIN",
    bot_id: "B0TOCSIN",
    is_enterprise_install: false,
  };
}

/** The workspace of the fake. */
export const TEAM_ID = "T0EXAMPLE";

function writableChannel(args: Json, { workspace, scopes }: MethodContext): Channel {
  const channel = workspace.channel(args["channel"], true);
  if (channel.archived) throw new Refusal("is_archived");
  // chat:write.public: "Send messages to channels your slack app isn't a member of".
  const allowed = channel.member || (!channel.private && scopes.has("chat:write.public"));
  if (!allowed) throw new Refusal("not_in_channel");
  return channel;
}

function readReading(args: Json, otherwise: string): Reading {
  const parse = args["parse"] ?? otherwise;
  if (parse !== "none" && parse !== "full" && parse !== "client") throw new Refusal("invalid_arguments");
  return { parse, linkNames: isTrue(args["link_names"]) };
}

/** Booleans are words in forms. */
function isTrue(value: unknown): boolean {
  return value === true || value === "true" || value === "1" || value === 1;
}

function optionalText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  // A `ts` as a number would have lost its last digits.
  if (typeof value !== "string") throw new Refusal("invalid_arguments");
  return value;
}

function shown({ ts, threadTs, text, blocks, attachments, metadata }: SlackMessage): Json {
  return {
    type: "message",
    subtype: "bot_message",
    bot_id: "B0TOCSIN",
    ts,
    text,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(attachments.length === 0
      ? {}
      : { attachments: attachments.map((each, index) => ({ id: index + 1, ...each })) }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

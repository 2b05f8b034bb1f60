import { z } from "zod";

import { cutMiddle } from "../../lib/cut-middle.ts";
import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import {
  type ChatMessage,
  defineChatSink,
  DIALECTS,
  layOut,
  mentionsOption,
  type Reading,
} from "../../sink/chat/index.ts";
import { sign } from "./sign.ts";
import { WORDS } from "./words.ts";

/** Characters: DingTalk refuses about 20,000 bytes, and its table of errors names 5,000 characters. */
const LIMIT = 4800;
/** The line of a notification on a phone. */
const LONGEST_TITLE = 120;

const Options = strict({
  url: SecretRef.describe("a robot's URL: everyone who has it can post"),
  secret: SecretRef.optional().describe("the key of its signature, which begins with SEC"),
  mentions: mentionsOption(
    /^(?:all|\+?[\d-]{6,20}|user:[\w.-]{1,64})$/u,
    "write a mobile number, user:ID, or all",
  ),
});

const Answer = z.object({
  errcode: z.int().optional().catch(undefined),
  /** Of the guard before the service, which says only this when a robot is too fast. */
  status: z.int().optional().catch(undefined),
  errmsg: z.string().optional().catch(undefined),
});

/** Posts to one group of DingTalk through a custom robot. */
export const dingtalk = defineChatSink<z.infer<typeof Options>>({
  type: "dingtalk",
  options: Options,
  // 20 in any minute, else the robot is shut out for ten: so not even a burst may exceed it.
  traits: () => ({ rateLimit: { count: 1, perMs: 3200 }, concurrency: 1 }),
  connect: ({ url, secret }, open) => {
    const [address, key] = [open(url), secret && open(secret)];
    return {
      target: (now) => {
        const timestamp = String(now);
        const query = key && { query: { timestamp, sign: sign(timestamp, key.reveal()) } };
        return { url: address.reveal(), ...query };
      },
    };
  },
  render: (message) => ({
    body: {
      msgtype: "markdown",
      markdown: {
        title: cutMiddle(`${message.shown.sign} ${message.shown.headline}`, LONGEST_TITLE),
        text: textOf(message, "dingtalk"),
      },
      at: atOf(message.mentions),
    },
  }),
  plain: (message) => ({
    body: { msgtype: "text", text: { content: textOf(message, "defused") }, at: atOf(message.mentions) },
  }),
  answers: { read, words: WORDS },
});

/** A mention needs both: its words in the text, and its place in `at`. */
function textOf({ shown, mentions, now }: ChatMessage<unknown>, name: "dingtalk" | "defused"): string {
  const called = mentions.map((mention) => `@${mention.replace(/^user:/u, "")}`);
  return layOut(shown, { dialect: DIALECTS[name], limit: LIMIT, now, mentions: called });
}

function atOf(mentions: readonly string[]): object {
  const people = mentions.filter((mention) => mention !== "all");
  return {
    atMobiles: people.filter((mention) => !mention.startsWith("user:")),
    atUserIds: people.flatMap((mention) => /^user:(.+)$/u.exec(mention)?.[1] ?? []),
    isAtAll: people.length < mentions.length,
  };
}

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  const code = data?.errcode ?? data?.status;
  if (data === undefined || code === undefined) return undefined;
  if (data.errcode === 0) return { says: "yes" };
  return {
    says: "no",
    word: String(code),
    ...(data.errmsg === undefined ? {} : { reason: data.errmsg }),
  };
}

import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineChatSink, DIALECTS, layOut, mentionsOption, type Reading } from "../../sink/chat/index.ts";
import { WORDS } from "./words.ts";

/**
 * UTF-8 bytes: 4,096 of Markdown and 2,048 of a text are taken
 * (https://developer.work.weixin.qq.com/document/path/91770).
 */
const LIMITS = { markdown: 4000, text: 2000 } as const;
/** Texts are without markup, and their bytes count. */
const TEXT = { ...DIALECTS.defused, measure: DIALECTS.wecom.measure };

const Options = strict({
  url: SecretRef.describe("a robot's URL: everyone who has it can post"),
  mentions: mentionsOption(
    /^(?!@?all$)[\w.@-]{1,64}$/iu,
    "write a member's userid; Markdown of a robot cannot call everybody",
  ),
});

const Answer = z.object({ errcode: z.int(), errmsg: z.string().optional().catch(undefined) });

/** Posts to one group of WeCom (WeChat Work) through a group robot. */
export const wecom = defineChatSink<z.infer<typeof Options>>({
  type: "wecom",
  options: Options,
  // 20 in any minute, so that not even a burst may exceed it.
  traits: () => ({ rateLimit: { count: 1, perMs: 3200 }, concurrency: 1 }),
  connect: ({ url }, open) => {
    const address = open(url);
    return { target: () => ({ url: address.reveal() }) };
  },
  render: ({ shown, mentions, now }) => {
    const called = mentions.map((mention) => `<@${mention}>`);
    const [dialect, limit] = [DIALECTS.wecom, LIMITS.markdown];
    const content = layOut(shown, { dialect, limit, now, mentions: called });
    return { body: { msgtype: "markdown", markdown: { content } } };
  },
  plain: ({ shown, mentions, now }) => {
    const content = layOut(shown, { dialect: TEXT, limit: LIMITS.text, now });
    const called = mentions.length === 0 ? {} : { mentioned_list: mentions };
    return { body: { msgtype: "text", text: { content, ...called } } };
  },
  answers: { read, words: WORDS },
});

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  if (data.errcode === 0) return { says: "yes" };
  return {
    says: "no",
    word: String(data.errcode),
    ...(data.errmsg === undefined ? {} : { reason: data.errmsg }),
  };
}

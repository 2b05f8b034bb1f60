import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineChatSink, mentionsOption, type Reading } from "../../sink/chat/index.ts";
import { toCard, toText } from "./card.ts";
import { sign } from "./sign.ts";
import { WORDS } from "./words.ts";

const Options = strict({
  url: SecretRef.describe("a bot's URL at Feishu or Lark: everyone who has it can post"),
  secret: SecretRef.optional().describe("the key of its signature, where the bot demands one"),
  mentions: mentionsOption(/^(?:all|ou_[\da-f]{8,64}|[\w-]{1,64})$/u, "write an open_id, a user_id, or all"),
});

const Answer = z.object({
  code: z.int().optional().catch(undefined),
  /** Of answers before `code` was there, and beside it. */
  StatusCode: z.int().optional().catch(undefined),
  msg: z.string().optional().catch(undefined),
});

/** Posts to one group of Feishu or Lark through a custom bot. */
export const feishu = defineChatSink<z.infer<typeof Options>>({
  type: "feishu",
  options: Options,
  // 100 in any minute, 5 in any second.
  traits: () => ({ rateLimit: { count: 3, perMs: 2500 }, concurrency: 1 }),
  connect: ({ url, secret }, open) => {
    const [address, key] = [open(url), secret && open(secret)];
    return {
      target: (now) => {
        const timestamp = String(Math.floor(now / 1000));
        const fields = key && { fields: { timestamp, sign: sign(timestamp, key.reveal()) } };
        return { url: address.reveal(), ...fields };
      },
    };
  },
  render: (message) => ({ body: { msg_type: "interactive", card: toCard(message) } }),
  plain: (message) => ({ body: { msg_type: "text", content: { text: toText(message) } } }),
  answers: { read, words: WORDS },
});

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  const code = data?.code ?? data?.StatusCode;
  if (data === undefined || code === undefined) return undefined;
  if (code === 0) return { says: "yes" };
  return { says: "no", word: String(code), ...(data.msg === undefined ? {} : { reason: data.msg }) };
}

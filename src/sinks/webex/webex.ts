import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineChatSink, DIALECTS, layOut, mentionsOption, type Reading } from "../../sink/chat/index.ts";
import { WORDS } from "./words.ts";

/** UTF-8 bytes; Webex takes 7,439 (https://developer.webex.com/docs/api/v1/messages/create-a-message). */
const LIMIT = 7000;
/** Texts are without markup, and their bytes count. */
const TEXT = { ...DIALECTS.defused, measure: DIALECTS.webex.measure };

const Options = strict({
  token: SecretRef.describe("the bot's access token: everyone who has it is the bot"),
  room: z
    .string()
    .regex(/^[\w=+/-]{8,256}$/u, {
      error: "expected the id of a space, which is a long word of letters and digits",
    })
    .describe("the id of the space"),
  mentions: mentionsOption(/^(?:all|[^\s<>|@]+@[^\s<>|@]+)$/u, "write a person's mail address, or all"),
  url: PlainOrSecret.default("https://webexapis.com/v1").describe("another address of the API"),
});

const Answer = z.object({
  id: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** Posts as a bot to one space of Webex. */
export const webex = defineChatSink<z.infer<typeof Options>>({
  type: "webex",
  options: Options,
  // Webex publishes no figure, and says how long to wait.
  traits: () => ({ rateLimit: { count: 5, perMs: 6000 }, concurrency: 1 }),
  connect: ({ url, token, room }, open) => {
    const [server, bot] = [open(url), open(token)];
    return {
      target: () => ({
        url: server.reveal(),
        headers: { authorization: `Bearer ${bot.reveal()}` },
        fields: { roomId: room },
      }),
      room: () => room,
    };
  },
  render: ({ shown, mentions, now }) => {
    const called = mentions.map((who) => (who === "all" ? "<@all>" : `<@personEmail:${who}>`));
    const markdown = layOut(shown, { dialect: DIALECTS.webex, limit: LIMIT, now, mentions: called });
    return { path: "/messages", body: { markdown } };
  },
  // A text without Markdown can call nobody.
  plain: ({ shown, now }) => ({
    path: "/messages",
    body: { text: layOut(shown, { dialect: TEXT, limit: LIMIT, now }) },
  }),
  answers: { read, words: WORDS },
  thread: {
    abilities: { thread: true, edit: true, quietEdits: true, broadcast: false },
    at: ({ body }, step) =>
      step.do === "edit"
        ? { method: "PUT", path: `/messages/${encodeURIComponent(step.thread)}`, body }
        : { path: "/messages", body: { ...body, parentId: step.thread } },
  },
});

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data?.id !== undefined) return { says: "yes", ref: data.id };
  if (data?.message === undefined) return undefined;
  const said = data.message.toLowerCase();
  const word = [...WORDS.keys()].find((known) => said.includes(known));
  return { says: "no", reason: data.message, ...(word === undefined ? {} : { word }) };
}

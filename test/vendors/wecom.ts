import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { NewMessage } from "./vendor-room.ts";

/** Every answer has status 200: https://developer.work.weixin.qq.com/document/path/90313 */
const answer = (errcode: number, errmsg: string): Reply => json(200, { errcode, errmsg });
const hint =
  "hint: [1708397705432012366598976], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=";

/** The answer to a key that is none. */
const WRONG_KEY = answer(93_000, `invalid webhook url, ${hint}93000`);

/** In UTF-8 bytes: https://developer.work.weixin.qq.com/document/path/91770 */
const content = (name: string, most: number) =>
  z
    .string()
    .min(1, `empty content`)
    .refine((text) => LENGTH.bytes(text) <= most, `${name}.content exceed max length ${most}`);
const body = z.discriminatedUnion("msgtype", [
  z.object({
    msgtype: z.literal("text"),
    text: z.object({
      content: content("text", 2048),
      mentioned_list: z.array(z.string()).optional(),
      mentioned_mobile_list: z.array(z.string()).optional(),
    }),
  }),
  z.object({ msgtype: z.literal("markdown"), markdown: z.object({ content: content("markdown", 4096) }) }),
  z.object({
    msgtype: z.literal("markdown_v2"),
    markdown_v2: z.object({ content: content("markdown_v2", 4096) }),
  }),
]);

/** WeCom's robots of groups: https://developer.work.weixin.qq.com/document/path/91770 */
export const wecom = {
  type: "wecom",
  routes: [
    {
      method: "POST",
      path: /^\/cgi-bin\/webhook\/send$/u,
      take: ({ query, body: written, json: sent }, room) => {
        const key = query.get("key") ?? "";
        if (key === "") return WRONG_KEY;
        if (sent === undefined) return answer(40_058, `invalid Request Parameter, ${hint}40058`);
        // "Must not contain characters of the form \uxxxx": https://developer.work.weixin.qq.com/document/path/90313
        if (/(?<!\\)(?:\\\\)*\\u[\da-f]{4}/iu.test(written))
          return answer(40_033, `invalid charset. invalid Request Parameter, ${hint}40033`);
        const read = room.read(body, sent);
        if ("issues" in read) return wordFor(read.issues);
        room.post({ place: key, ...seen(read.value) });
        return answer(0, "ok");
      },
    },
  ],
  notFound: { status: 404, body: "" },
  // https://developer.work.weixin.qq.com/document/path/90313
  states: {
    "wrong key": WRONG_KEY,
    busy: answer(-1, "system error"),
    "robot removed": answer(93_008, `not in group, ${hint}93008`),
  },
  rate: {
    // 20 a minute and robot: https://developer.work.weixin.qq.com/document/path/91770
    windows: [{ requests: 20, seconds: 60 }],
    of: ({ query }) => query.get("key") ?? "",
    refusal: () => answer(45_009, `api freq out of limit, ${hint}45009`),
  },
} satisfies ChatVendor;

function seen(value: z.infer<typeof body>): Pick<NewMessage, "text" | "pings" | "body"> {
  if (value.msgtype === "text") {
    const { content: text, mentioned_list: users = [], mentioned_mobile_list: mobiles = [] } = value.text;
    return { text, pings: [...users, ...mobiles, ...mentionsIn(text)], body: value };
  }
  const { content: text } = value.msgtype === "markdown" ? value.markdown : value.markdown_v2;
  return { text, pings: mentionsIn(text), body: value };
}

/** https://developer.work.weixin.qq.com/document/path/91770: `<@userid>` in text and Markdown. */
function mentionsIn(text: string): readonly string[] {
  return text.match(/<@[\w.@-]+>/gu) ?? [];
}

function wordFor(issues: readonly z.core.$ZodIssue[]): Reply {
  const [issue] = issues;
  if (issue?.path[0] === "msgtype" || issue?.path.length === 0)
    return answer(40_008, `invalid message type, ${hint}40008`);
  if (issue?.message === "empty content") return answer(44_004, `empty content, ${hint}44004`);
  // As answered: "markdown.content exceed max length 4096. Invalid input invalid Request Parameter, hint: …"
  const words = issue?.code === "custom" ? `${issue.message}. Invalid input ` : "";
  return answer(40_058, `${words}invalid Request Parameter, ${hint}40058`);
}

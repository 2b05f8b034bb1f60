import { z } from "zod";

import { type ChatVendor, json, type Reply, type VendorCall } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import { hmac, isSame } from "./robot-signature.ts";
import type { NewMessage, VendorRoom } from "./vendor-room.ts";

/** Every answer has status 200: https://open.dingtalk.com/document/orgapp/custom-robot-access */
const answer = (errcode: number, errmsg: string): Reply => json(200, { errcode, errmsg });

/** https://open.dingtalk.com/document/orgapp/custom-bot-send-message-type */
const at = z
  .object({
    atMobiles: z.array(z.string()).optional(),
    atUserIds: z.array(z.string()).optional(),
    isAtAll: z.boolean().optional(),
  })
  .optional();
const filled = z.string().min(1);
const button = z.object({ title: filled, actionURL: filled });
const kinds = {
  text: z.object({ msgtype: z.literal("text"), text: z.object({ content: filled }), at }),
  markdown: z.object({
    msgtype: z.literal("markdown"),
    markdown: z.object({ title: filled, text: filled }),
    at,
  }),
  link: z.object({
    msgtype: z.literal("link"),
    link: z.object({ title: filled, text: filled, messageUrl: filled, picUrl: z.string().optional() }),
  }),
  actionCard: z.object({
    msgtype: z.literal("actionCard"),
    actionCard: z.object({
      title: filled,
      text: filled,
      singleTitle: filled.optional(),
      singleURL: filled.optional(),
      btnOrientation: z.enum(["0", "1"]).optional(),
      btns: z.array(button).min(1).optional(),
    }),
  }),
};
const body = z.discriminatedUnion("msgtype", [kinds.text, kinds.markdown, kinds.link, kinds.actionCard]);

/** 1 hour: https://open.dingtalk.com/document/orgapp/customize-robot-security-settings */
const CLOCK_SKEW_MS = 3_600_000;

/** DingTalk's robots of groups. */
export const dingtalk = {
  type: "dingtalk",
  routes: [
    {
      method: "POST",
      path: /^\/robot\/send$/u,
      take: (call, room) => {
        // Asked of the real service: https://oapi.dingtalk.com/robot/send without and with an unknown token.
        if ((call.query.get("access_token") ?? "") === "") return answer(40_035, "缺少参数 access_token");
        const unsafe = room.secret === undefined ? undefined : faultOfSignature(call, room, room.secret);
        if (unsafe !== undefined) return answer(310_000, unsafe);
        if (!/^application\/json/iu.test(call.headers["content-type"] ?? ""))
          return answer(43_004, "无效的HTTP HEADER Content-Type");
        if (call.json === undefined) return answer(40_035, "缺少参数 json");
        const read = room.read(body, call.json);
        if ("issues" in read) return answer(400_105, wordFor(read.issues));
        // In bytes, as the words say; the code and the words are in the table of https://open.dingtalk.com/document/orgapp/custom-robot-access
        if (LENGTH.bytes(call.body) > 20_000) return answer(460_101, "message too long, exceed 20000 bytes");
        room.post({ place: "group", ...seen(read.value) });
        return answer(0, "ok");
      },
    },
    // Asked of the real service.
    { method: "GET", path: /^\/robot\/send$/u, take: () => answer(43_002, "需要POST请求") },
  ],
  notFound: json(404, { errcode: 404, errmsg: "请求的URI地址不存在" }),
  // https://open.dingtalk.com/document/orgapp/custom-robot-access, its table of error codes
  states: {
    "wrong token": answer(300_005, "token is not exist"),
    "robot stopped": answer(400_102, "bot is stopped"),
    "group dissolved": answer(400_013, "群已被解散"),
    "robot missing": answer(400_106, "机器人不存在"),
    "keyword missing": answer(310_000, "keywords not in content"),
    "address not allowed": answer(310_000, "ip 203.0.113.7 not in whitelist"),
    busy: answer(-1, "系统繁忙"),
  },
  rate: {
    // 20 a minute, then none for 10 minutes: https://open.dingtalk.com/document/orgapp/custom-robot-access
    windows: [{ requests: 20, seconds: 60 }],
    banSeconds: 600,
    of: ({ query }) => query.get("access_token") ?? "",
    refusal: () => answer(130_101, "send too fast, exceed 20 times per minute"),
  },
} satisfies ChatVendor;

/** https://open.dingtalk.com/document/orgapp/customize-robot-security-settings: milliseconds, key and text both secret. */
function faultOfSignature({ query }: VendorCall, { now }: VendorRoom, secret: string): string | undefined {
  const time = query.get("timestamp") ?? "";
  if (!/^\d{13}$/u.test(time) || Math.abs(now - Number(time)) > CLOCK_SKEW_MS) return "invalid timestamp";
  return isSame(query.get("sign") ?? "", hmac(secret, `${time}\n${secret}`)) ? undefined : "sign not match";
}

function seen(value: z.infer<typeof body>): Pick<NewMessage, "text" | "pings" | "body"> {
  if (value.msgtype === "text") return { text: value.text.content, pings: pingsOf(value.at), body: value };
  if (value.msgtype === "markdown") {
    const { title, text } = value.markdown;
    // The title is the line of the notification; the group shows the text.
    return { text: `${title}\n${text}`, pings: pingsOf(value.at), body: value };
  }
  if (value.msgtype === "link") return { text: `${value.link.title}\n${value.link.text}`, body: value };
  const { title, text, singleTitle, btns = [] } = value.actionCard;
  const buttons = singleTitle === undefined ? btns.map((each) => each.title) : [singleTitle];
  return { text: [title, text, ...buttons].join("\n"), body: value };
}

/** Only `at` rings. */
function pingsOf(called: z.infer<typeof at>): readonly string[] {
  const { atMobiles = [], atUserIds = [], isAtAll = false } = called ?? {};
  return [...atMobiles, ...atUserIds, ...(isAtAll ? ["all"] : [])];
}

function wordFor(issues: readonly z.core.$ZodIssue[]): string {
  const key = issues[0]?.path.join(".") ?? "";
  return key === "msgtype" || key === "" ? "不支持的消息类型" : `缺少参数 ${key}`;
}

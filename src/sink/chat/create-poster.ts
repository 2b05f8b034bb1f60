import type { HttpClient } from "../../egress/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { wellFormedJson } from "../well-formed.ts";
import { addressOf, type ChatCall, type Connection } from "./connection.ts";
import { type AnswerRules, judgeAnswer, type Verdict } from "./judge-answer.ts";

/** The circumstances of a request. */
export interface PostUse {
  readonly signal: AbortSignal;
  /** Whether it is about an earlier message, whose id means nothing in another room. */
  readonly isLater: boolean;
  /** As `destinationOf` names it; "" for a sink with one. */
  readonly destination: string;
}

/** Makes one request and judges its answer. Throws only when nobody answered. */
export type Post = (call: ChatCall, use: PostUse) => Promise<Verdict>;

/** The one place where chats are written to. */
export function createPoster(way: {
  readonly client: HttpClient;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly rules: AnswerRules;
}): Post {
  const { client, connection, clock, rules } = way;
  const once = async (call: ChatCall, { destination, signal }: PostUse): Promise<Verdict> => {
    const target = connection.target(clock.now(), destination);
    const url = addressOf(target, call);
    const answer = await client.request({
      url,
      method: call.method ?? "POST",
      headers: { "content-type": "application/json", ...target.headers },
      body: wellFormedJson(JSON.stringify({ ...call.body, ...target.fields })),
      signal,
    });
    const quote = (part: Parameters<HttpClient["quote"]>[0]): string => client.quote(part, url);
    return judgeAnswer(answer, rules, { now: clock.now(), quote });
  };
  return async (call, use) => {
    const verdict = await once(call, use);
    if (verdict.accepted || connection.learn?.(verdict.json) !== true) return verdict;
    return use.isLater ? { ...verdict, lost: true } : once(call, use);
  };
}

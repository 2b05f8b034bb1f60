import type { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import type { HttpClient } from "../../egress/index.ts";
import type { Secret, SecretRef } from "../../lib/secret.ts";
import { cleanText } from "../../lib/text.ts";
import { present, type Presentation } from "../present/index.ts";
import type { Sent, SinkContext, SinkType } from "../sink.ts";
import { wellFormedJson } from "../well-formed.ts";
import { addressOf, type ChatCall, type Connection } from "./connection.ts";
import { type AnswerRules, judgeAnswer, type Verdict } from "./judge-answer.ts";
import { type Mentions, mentionsOf } from "./mentions.ts";

/** The input of a message. */
export interface ChatMessage<Options> {
  /** The words, in neutral pieces. */
  readonly shown: Presentation;
  /** For ids, keys and severities: its texts are in `shown`, cleaned and bounded. */
  readonly notification: Notification;
  readonly options: Options;
  /** Of the option `mentions`, by severity; empty unless something fires. */
  readonly mentions: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A chat or on-call service that takes JSON over HTTP, as far as it differs from the others. */
export interface ChatSpec<Options> extends Pick<SinkType<Options>, "type" | "traits" | "destinationOf"> {
  readonly options: z.ZodType<Options>;
  /** @param open Opens a secret option. */
  readonly connect: (options: Options, open: (ref: SecretRef) => Secret) => Connection;
  /** The whole message, within every limit of the receiver. */
  readonly render: (message: ChatMessage<Options>) => ChatCall;
  /** The same without anything that the receiver could fail to read: its second and last try after a refusal. */
  readonly plain: (message: ChatMessage<Options>) => ChatCall;
  readonly answers: Omit<AnswerRules, "vendor">;
}

/** Makes a sink of a chat: one attempt, judged by the receiver's own words. */
export function defineChatSink<Options extends { readonly mentions?: Mentions | undefined }>(
  spec: ChatSpec<Options>,
): SinkType<Options> {
  const { type, options: schema, traits, destinationOf } = spec;
  const messageOf = (notification: Notification, options: Options, now: number): ChatMessage<Options> => ({
    shown: present(notification, now),
    notification,
    options,
    mentions: mentionsOf(options.mentions, notification),
    now,
  });
  return {
    type,
    options: schema,
    takes: ["alerts"],
    http: true,
    traits,
    ...(destinationOf === undefined ? {} : { destinationOf }),
    preview: (notification, options, { now }) =>
      cleanText(JSON.stringify(spec.render(messageOf(notification, options, now)).body, undefined, 2)),
    create: (options, context) => {
      const connection = spec.connect(options, (ref) => context.secret(ref));
      const client = context.http({ allowPrivate: true });
      const post = poster({ client, connection, context, rules: { ...spec.answers, vendor: type } });
      return {
        send: async (notification, { signal }) => {
          const message = messageOf(notification, options, context.clock.now());
          const first = await post(spec.render(message), signal);
          if (first.accepted) return noted(first, type, context);
          // A receiver that is broken would refuse the plain form as well.
          if (first.failure.class !== "poison") throw first.failure;
          // Few receivers explain what they cannot read: the plain form is the second and last try.
          const { message: error } = first.failure;
          context.log.warn(`${type} refused the message, sending it as plain text`, { error });
          const second = await post(spec.plain(message), signal);
          if (!second.accepted) throw second.failure;
          return noted(second, type, context);
        },
        probe: (signal) => client.reach(addressOf(connection.target(context.clock.now())), signal),
        close: () => client.close(),
      };
    },
  };
}

/** Makes one request and judges its answer. Throws only when nobody answered. */
type Post = (call: ChatCall, signal: AbortSignal) => Promise<Verdict>;

function poster(way: {
  readonly client: HttpClient;
  readonly connection: Connection;
  readonly context: SinkContext;
  readonly rules: AnswerRules;
}): Post {
  const { client, connection, context, rules } = way;
  const once: Post = async (call, signal) => {
    const target = connection.target(context.clock.now());
    const url = addressOf(target, call);
    const answer = await client.request({
      url,
      method: call.method ?? "POST",
      headers: { "content-type": "application/json", ...target.headers },
      body: wellFormedJson(JSON.stringify({ ...call.body, ...target.fields })),
      signal,
    });
    const quote = (part: Parameters<HttpClient["quote"]>[0]): string => client.quote(part, url);
    return judgeAnswer(answer, rules, { now: context.clock.now(), quote });
  };
  return async (call, signal) => {
    const verdict = await once(call, signal);
    return !verdict.accepted && connection.learn?.(verdict.json) === true ? once(call, signal) : verdict;
  };
}

/** A message that was accepted in words that nobody knows; a person may look whether it is there. */
function noted({ note }: Extract<Verdict, { accepted: true }>, vendor: string, { log }: SinkContext): Sent {
  if (note !== undefined) log.warn(`${vendor} accepted the message in unknown words`, { answer: note });
  return {};
}

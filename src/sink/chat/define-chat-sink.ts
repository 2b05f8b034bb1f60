import type { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { type DeliveryError, toDeliveryError } from "../../egress/index.ts";
import type { Secret, SecretRef } from "../../lib/secret.ts";
import { cleanText } from "../../lib/text.ts";
import type { Attempt, Sent, Sink, SinkContext, SinkType } from "../sink.ts";
import { sendInThread, type StepFailure, type ThreadAbilities, type ThreadStep } from "../thread/index.ts";
import { type ChatMessage, messageOf } from "./chat-message.ts";
import { type ChatThread, messageOfStep } from "./chat-thread.ts";
import { addressOf, type ChatCall, type Connection } from "./connection.ts";
import { createPoster, type Post } from "./create-poster.ts";
import type { AnswerRules, Verdict } from "./judge-answer.ts";
import type { Mentions } from "./mentions.ts";

/** A chat or on-call service that takes JSON over HTTP, as far as it differs from the others. */
export interface ChatSpec<Options> extends Pick<
  SinkType<Options>,
  "type" | "traits" | "destinationOf" | "advise"
> {
  readonly options: z.ZodType<Options>;
  /** @param open Opens a secret option. */
  readonly connect: (options: Options, open: (ref: SecretRef) => Secret) => Connection;
  /** The whole message, within every limit of the receiver. */
  readonly render: (message: ChatMessage<Options>) => ChatCall;
  /** The same without anything that the receiver could fail to read: its second and last try after a refusal. */
  readonly plain: (message: ChatMessage<Options>) => ChatCall;
  readonly answers: Omit<AnswerRules, "vendor">;
  /** Left out: each message stands by itself. */
  readonly thread?: ChatThread;
}

/** Messages that stand by themselves. */
const NO_THREAD: ThreadAbilities = { thread: false, edit: false, quietEdits: true, broadcast: false };

/** Makes a sink of a chat: one attempt, judged by the receiver's own words. */
export function defineChatSink<Options extends { readonly mentions?: Mentions | undefined }>(
  spec: ChatSpec<Options>,
): SinkType<Options> {
  const { advise, destinationOf } = spec;
  return {
    type: spec.type,
    options: spec.options,
    takes: ["alerts"],
    http: true,
    traits: (options) => spec.traits(options),
    ...(destinationOf === undefined ? {} : { destinationOf }),
    ...(advise === undefined ? {} : { advise }),
    preview: (notification, options, { now }) =>
      cleanText(JSON.stringify(spec.render(messageOf(notification, options, now)).body, undefined, 2)),
    create: (options, context) => createChatSink(spec, options, context),
  };
}

function createChatSink<Options extends { readonly mentions?: Mentions | undefined }>(
  spec: ChatSpec<Options>,
  options: Options,
  context: SinkContext,
): Sink {
  const connection = spec.connect(options, (ref) => context.secret(ref));
  const client = context.http({ allowPrivate: true });
  const rules = { ...spec.answers, vendor: spec.type };
  const post = createPoster({ client, connection, clock: context.clock, rules });
  const chat = { spec, options, context, post };
  return {
    send: (notification, attempt) => {
      const room = connection.room?.() ?? spec.destinationOf?.(notification, options) ?? "";
      return sendMessage(chat, notification, { attempt, room });
    },
    probe: (signal) => client.reach(addressOf(connection.target(context.clock.now(), "")), signal),
    close: () => client.close(),
  };
}

/** A sink at work. */
interface Chat<Options> {
  readonly spec: ChatSpec<Options>;
  readonly options: Options;
  readonly context: SinkContext;
  readonly post: Post;
}

/** Makes the next request for a notification: the message itself, or a step about an earlier one of its group. */
function sendMessage<Options extends { readonly mentions?: Mentions | undefined }>(
  { spec, options, context, post }: Chat<Options>,
  notification: Notification,
  { attempt, room }: { readonly attempt: Attempt; readonly room: string },
): Promise<Sent> {
  const { abilities = NO_THREAD } = spec.thread ?? {};
  const destination = spec.destinationOf?.(notification, options) ?? "";
  const message = messageOf(notification, options, context.clock.now());
  let isLost = false;
  return sendInThread(notification, attempt, {
    destination: room,
    abilities,
    request: async (step) => {
      const verdict = await postInBothForms(step, {
        spec,
        message,
        post,
        context,
        destination,
        signal: attempt.signal,
      });
      if (verdict.accepted) return noted(verdict, spec.type, context);
      isLost = verdict.lost;
      throw verdict.failure;
    },
    failureOf: (thrown) => (isLost ? "lost" : stepFailureOf(toDeliveryError(thrown, attempt.signal))),
  });
}

/** A receiver that cannot read a message gets it once more as plain text; few say why they cannot. */
async function postInBothForms<Options>(
  step: ThreadStep,
  way: Omit<Chat<Options>, "options"> & {
    readonly message: ChatMessage<Options>;
    readonly destination: string;
    readonly signal: AbortSignal;
  },
): Promise<Verdict> {
  const { spec, message, post, context, destination, signal } = way;
  const told = messageOfStep(message, step);
  // A reply in a chat without threads is a message of its own.
  const isLater = step.do !== "post" && (step.do !== "reply" || spec.thread?.abilities.thread === true);
  const at = (call: ChatCall): ChatCall => (isLater ? (spec.thread?.at(call, step) ?? call) : call);
  const first = await post(at(spec.render(told)), { signal, isLater, destination });
  // A receiver that is broken would refuse the plain form as well.
  if (first.accepted || first.lost || first.failure.class !== "poison") return first;
  const { message: error } = first.failure;
  context.log.warn(`${spec.type} refused the message, sending it as plain text`, { error });
  return post(at(spec.plain(told)), { signal, isLater, destination });
}

function stepFailureOf(failure: DeliveryError): StepFailure {
  if (failure.class === "poison") return "refused";
  return failure.class === "broken" || failure.failure === "rate-limited" ? "held" : "later";
}

/** A message that was accepted in words that nobody knows; a person may look whether it is there. */
function noted(
  { note, ref }: Extract<Verdict, { accepted: true }>,
  vendor: string,
  { log }: SinkContext,
): string | undefined {
  if (note !== undefined) log.warn(`${vendor} accepted the message in unknown words`, { answer: note });
  return ref;
}

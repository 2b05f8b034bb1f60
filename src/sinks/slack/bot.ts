import type { Notification } from "../../alert/index.ts";
import { DeliveryError } from "../../egress/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import { mentionsOf } from "../../sink/chat/index.ts";
import {
  type Attempt,
  present,
  type Presentation,
  type Sent,
  type Sink,
  type SinkContext,
} from "../../sink/index.ts";
import {
  nextStepOf,
  sendInThread,
  type StepFailure,
  type ThreadAbilities,
  type ThreadMemory,
  type ThreadStep,
} from "../../sink/thread/index.ts";
import { buttonsOf, ownerMark } from "./buttons.ts";
import { channelOf } from "./channel.ts";
import { EditBacklog } from "./edit-backlog.ts";
import { Listener } from "./listener.ts";
import type { SlackOptions } from "./options.ts";
import {
  type SlackPayload,
  toBroadcast,
  toElsewhere,
  toPayload,
  toPlainPayload,
  toReferral,
  toReply,
  toSharedEnd,
} from "./payload.ts";
import { type ApiResult, WebApi } from "./web-api.ts";

/** Options with which a sink posts as an app. */
export type BotOptions = SlackOptions & {
  readonly token: NonNullable<SlackOptions["token"]>;
  readonly channel: NonNullable<SlackOptions["channel"]>;
};

const SLACK_API = "https://slack.com/api";

/** Posts as an app: the messages of a group make a thread, and the parent is brought to the state of now. */
export function createBotSink(options: BotOptions, context: SinkContext): Sink {
  const base = context.secret(options.api ?? SLACK_API);
  const client = context.http({ allowPrivate: true });
  const token = context.secret(options.token);
  const api = new WebApi({ client, clock: context.clock, base: () => base.reveal(), token });
  const bot = new Bot(api, options, context);
  const listener = listenerOf({ options, botApi: api, base: () => base.reveal(), context });
  return {
    send: (notification, attempt) => bot.send(notification, attempt),
    probe: (signal) => bot.probe(signal),
    ...(listener === undefined ? {} : { listen: () => listener.start() }),
    close: async () => {
      listener?.close();
      await Promise.all([client.close(), listener?.closed()]);
    },
  };
}

/** Undefined without buttons, and where nobody can act. */
function listenerOf({
  options: { actions: limits },
  botApi,
  base,
  context,
}: {
  readonly options: BotOptions;
  readonly botApi: WebApi;
  readonly base: () => string;
  readonly context: SinkContext;
}): Listener | undefined {
  const { actions, clock } = context;
  if (limits === undefined || actions === undefined) return undefined;
  // Its connection lasts for hours, so it takes none of those of the messages.
  const client = context.http({ allowPrivate: true });
  const appApi = new WebApi({ client, clock, base, token: context.secret(limits.appToken) });
  return new Listener({ appApi, botApi, client, base, actions, limits, context });
}

/** One message on its way. */
interface Message {
  readonly notification: Notification;
  readonly shown: Presentation;
  /** As configured: a name or an id. */
  readonly channel: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

class Bot {
  readonly #api: WebApi;
  readonly #options: BotOptions;
  readonly #context: SinkContext;
  readonly #backlog: EditBacklog;
  /** Of the workspace, for links: `https://example.slack.com/`. */
  #home: string | undefined;

  constructor(api: WebApi, options: BotOptions, context: SinkContext) {
    this.#api = api;
    this.#options = options;
    this.#context = context;
    this.#backlog = new EditBacklog(context.clock);
  }

  get #abilities(): ThreadAbilities {
    const { thread = true, broadcastRepeats = true } = this.#options;
    return { thread, edit: true, quietEdits: true, broadcast: broadcastRepeats };
  }

  async send(notification: Notification, attempt: Attempt): Promise<Sent> {
    const now = this.#context.clock.now();
    const channel = channelOf(this.#options.channel, notification);
    const message = { notification, shown: present(notification, now), channel, now, signal: attempt.signal };
    const lost = new WeakSet<DeliveryError>();
    const sent = await sendInThread(notification, attempt, {
      destination: channel,
      abilities: this.#abilities,
      request: (step, memory) => this.#request(step, memory, { message, lost }),
      failureOf: (thrown) => failureOf(thrown, lost),
      hasTimeForEdits: () => this.#backlog.hasTime,
    });
    const next = nextStepOf(sent.remaining);
    if (next?.do === "edit") this.#backlog.add(next.thread);
    return sent;
  }

  /** Asks Slack who the token is of. */
  async probe(signal: AbortSignal): Promise<string> {
    const place = await this.#api.reach(signal);
    const { user, team } = answerOf(await this.#api.call("auth.test", {}, signal)) ?? {};
    return user === undefined || team === undefined ? place : `${place}, as ${user} in ${team}`;
  }

  async #request(
    step: ThreadStep,
    memory: ThreadMemory | null,
    { message, lost }: { readonly message: Message; readonly lost: WeakSet<DeliveryError> },
  ): Promise<string | undefined> {
    if (step.do === "edit") this.#backlog.delete(step.thread);
    const [method, place] = callOf(step, message, this.#abilities);
    const result = await this.#callTwice(
      method,
      { ...place, ...(await this.#payloadOf(step, memory, message)) },
      { ...place, ...this.#plainOf(step, message) },
      message.signal,
    );
    if (!result.ok) {
      const failure = result.failure.at(message.channel);
      if (result.lost) lost.add(failure);
      throw failure;
    }
    if (result.note !== undefined)
      this.#context.log.warn("slack accepted the message in unknown words", { answer: result.note });
    if (step.do === "edit" && step.to === "end") await this.#react(step.thread, message.signal);
    const { channel, ts } = result.answer ?? {};
    return channel === undefined || ts === undefined ? undefined : `${channel}/${ts}`;
  }

  /** Makes a call, and once more in the plain form when Slack cannot read it. */
  async #callTwice(method: string, args: object, plain: object, signal: AbortSignal): Promise<ApiResult> {
    const first = await this.#api.call(method, args, signal);
    if (first.ok || first.lost || first.failure.class !== "poison") return first;
    const { message } = first.failure;
    this.#context.log.warn("slack refused the message, sending it as plain text", { error: message });
    return this.#api.call(method, plain, signal);
  }

  async #payloadOf(step: ThreadStep, memory: ThreadMemory | null, message: Message): Promise<object> {
    const { notification, shown, now, signal } = message;
    const mentions = mentionsOf(this.#options.mentions, notification);
    switch (step.do) {
      case "post":
        return {
          ...this.#withButtons(toPayload(shown, mentions, now), message),
          metadata: metadataOf(notification),
        };
      case "reply":
        return this.#replyOf(step, message);
      case "refer":
        return toReferral(await this.#linkTo(memory?.thread, signal));
      case "edit":
        if (step.to === "elsewhere") return toElsewhere(await this.#linkTo(memory?.thread, signal));
        return step.title !== undefined && step.to === "end"
          ? toSharedEnd(shown, step.title)
          : this.#withButtons(toPayload(shown, [], now), message);
    }
  }

  #withButtons(payload: SlackPayload, { notification, now }: Message): SlackPayload {
    if (this.#options.actions === undefined) return payload;
    const buttons = buttonsOf(notification, { owner: ownerMark(this.#context), now });
    const [bar, ...others] = payload.attachments ?? [];
    if (buttons === undefined || bar === undefined) return payload;
    return { ...payload, attachments: [{ ...bar, blocks: [...(bar.blocks ?? []), buttons] }, ...others] };
  }

  /** Without threads a reply stands alone, so it is whole. */
  #replyOf(step: Extract<ThreadStep, { do: "reply" }>, { notification, shown, now }: Message): SlackPayload {
    const mentions = notification.kind === "repeat" ? mentionsOf(this.#options.mentions, notification) : [];
    if (!this.#abilities.thread) return toPayload(shown, mentions, now);
    return step.broadcast ? toBroadcast(shown, mentions, now) : toReply(shown, now);
  }

  #plainOf(step: ThreadStep, { notification, shown, now }: Message): object {
    const mentions = step.do === "post" ? mentionsOf(this.#options.mentions, notification) : [];
    // An edit keeps the blocks of before unless they are taken away.
    return { ...toPlainPayload(shown, mentions, now), ...(step.do === "edit" ? { attachments: [] } : {}) };
  }

  /** The address of a message; undefined when the workspace does not say where it is. */
  async #linkTo(thread: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (thread === undefined) return undefined;
    this.#home ??= (await this.#whoami(signal))?.url;
    if (this.#home === undefined) return undefined;
    const [channel = "", ts = ""] = thread.split("/");
    return URL.parse(`archives/${channel}/p${ts.replace(".", "")}`, this.#home)?.href;
  }

  async #whoami(signal: AbortSignal) {
    const result = await this.#api.call("auth.test", {}, signal);
    return result.ok ? result.answer : undefined;
  }

  /** A check mark is an ornament: without it the message says the same. */
  async #react(thread: string, signal: AbortSignal): Promise<void> {
    if (this.#options.reactions !== true) return;
    const [channel, timestamp] = thread.split("/");
    const args = { channel, timestamp, name: "white_check_mark" };
    try {
      const result = await this.#api.call("reactions.add", args, signal);
      if (!result.ok) this.#context.log.warn("slack takes no reaction", { error: result.failure.message });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#context.log.warn("slack takes no reaction", { error: text });
    }
  }
}

/** The method of a step, and its arguments beside the content. */
function callOf(step: ThreadStep, { channel }: Message, abilities: ThreadAbilities): [string, object] {
  if (step.do === "post") return ["chat.postMessage", { channel }];
  const [id, ts] = step.thread.split("/");
  if (step.do === "edit") return ["chat.update", { channel: id, ts }];
  if (!abilities.thread) return ["chat.postMessage", { channel: id }];
  const broadcast = step.do === "reply" && step.broadcast ? { reply_broadcast: true } : {};
  return ["chat.postMessage", { channel: id, thread_ts: ts, ...broadcast }];
}

/** Lets people and programs see which notification a message is. */
function metadataOf({ id, group }: Notification): object {
  return { event_type: "tocsin_notification", event_payload: { id, group: fingerprint([group.key]) } };
}

/** @throws {DeliveryError} */
function answerOf(result: ApiResult) {
  if (!result.ok) throw result.failure;
  return result.answer;
}

/** Nothing goes out while Slack asks for a pause, refuses the token, or the program stops. */
function failureOf(thrown: unknown, lost: WeakSet<DeliveryError>): StepFailure {
  if (!(thrown instanceof DeliveryError)) return "later";
  if (lost.has(thrown)) return "lost";
  const { class: kind, failure, scope } = thrown;
  if (failure === "rate-limited" || failure === "cancelled" || (kind === "broken" && scope === "sink"))
    return "held";
  return kind === "transient" ? "later" : "refused";
}

import type { HttpClient } from "../../egress/index.ts";
import { Deadline } from "../../lib/deadline.ts";
import { fingerprint, newId } from "../../lib/hash.ts";
import type { GroupActions, SinkContext } from "../../sink/index.ts";
import { answerClick, type ClickAnswer, type ClickLimits } from "./answer-click.ts";
import { ownerMark } from "./buttons.ts";
import { type Click, readClick } from "./click.ts";
import { INERT } from "./payload.ts";
import { SocketMode } from "./socket-mode.ts";
import type { WebApi } from "./web-api.ts";

/** Collaborators of a listener. */
export interface ListenerDeps {
  /** With the token of the app, for connections. */
  readonly appApi: WebApi;
  /** With the token of the bot, for replies. */
  readonly botApi: WebApi;
  readonly client: HttpClient;
  /** The base address of the Web API: answers go to its domain only. */
  readonly base: () => string;
  readonly actions: GroupActions;
  readonly limits: ClickLimits;
  readonly context: SinkContext;
}

/** Hears clicks on the buttons of messages, does what they ask for, and answers them. */
export class Listener {
  readonly #deps: ListenerDeps;
  readonly #socket: SocketMode;

  constructor(deps: ListenerDeps) {
    const { client, context } = deps;
    this.#deps = deps;
    this.#socket = new SocketMode({
      address: (signal) => this.#address(signal),
      open: (url) => client.webSocket(url),
      onInteraction: (payload) => this.#hear(payload),
      clock: context.clock,
      log: context.log,
      random,
    });
  }

  start(): void {
    this.#socket.start();
  }

  close(): void {
    this.#socket.close();
  }

  /** Ends its connections too. */
  closed(): Promise<void> {
    return this.#deps.client.close();
  }

  async #address(stopping: AbortSignal): Promise<string> {
    using deadline = this.#deadline(stopping);
    const result = await this.#deps.appApi.call("apps.connections.open", {}, deadline.signal);
    if (!result.ok) throw result.failure;
    if (result.answer?.url === undefined) throw new Error("slack gave no address for a connection");
    return result.answer.url;
  }

  async #hear(payload: unknown): Promise<void> {
    const click = readClick(payload);
    if (click === undefined) return;
    const { actions, context, limits } = this.#deps;
    const answer = await answerClick(click, {
      actions,
      limits,
      owner: ownerMark(context),
      now: context.clock.now(),
    });
    context.log.info("somebody clicked in slack", {
      user: click.user.id,
      group: click.group,
      wish: click.wish.kind,
      answer: answer.text,
    });
    await (answer.to === "thread" ? this.#reply(click, answer) : this.#whisper(click, answer));
  }

  async #reply({ channel, ts }: Click, { text }: ClickAnswer): Promise<void> {
    using deadline = this.#deadline();
    const args = { ...INERT, channel, thread_ts: ts, text };
    const result = await this.#deps.botApi.call("chat.postMessage", args, deadline.signal);
    if (!result.ok) throw result.failure;
  }

  /** Only the user sees it. */
  async #whisper({ responseUrl, ts }: Click, { text }: ClickAnswer): Promise<void> {
    const { base, client } = this.#deps;
    if (responseUrl === undefined || !isOfDomain(responseUrl, base())) return;
    using deadline = this.#deadline();
    await client.request({
      url: responseUrl,
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ response_type: "ephemeral", replace_original: false, thread_ts: ts, text }),
      signal: deadline.signal,
    });
  }

  #deadline(signal?: AbortSignal): Deadline {
    const { clock, timeoutMs } = this.#deps.context;
    return new Deadline(clock, timeoutMs, {
      reason: () => new Error("slack did not answer in time"),
      signal,
    });
  }
}

/** Whether an address is of the domain of the Web API: `hooks.slack.com` for `slack.com`. */
function isOfDomain(address: string, base: string): boolean {
  const [one, other] = [URL.parse(address), URL.parse(base)];
  if (one === null || other === null || one.protocol !== other.protocol) return false;
  return one.host === other.host || one.hostname.endsWith(`.${other.hostname}`);
}

/** In [0, 1). */
function random(): number {
  return Number.parseInt(fingerprint([newId()]).slice(0, 8), 16) / 2 ** 32;
}

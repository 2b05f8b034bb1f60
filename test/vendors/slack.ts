import { type Clock, systemClock } from "../../src/lib/clock.ts";
import type { Answer, ReceivedRequest } from "../support/fake-receiver.ts";
import { readCall } from "./slack/call.ts";
import { clickPayload, type ClickSketch } from "./slack/click.ts";
import { METHODS } from "./slack/methods.ts";
import { Refusal } from "./slack/refusal.ts";
import { parseAnswer, ResponseUrls } from "./slack/response-url.ts";
import { type Envelope, SocketMode } from "./slack/socket-mode.ts";
import { refusal, type Tokens, WebApi } from "./slack/web-api.ts";
import {
  type Channel,
  type ChannelSketch,
  type Ephemeral,
  type SlackMessage,
  Workspace,
} from "./slack/workspace.ts";
import { startVendorServer, type VendorServer, withFaces } from "./vendor-server.ts";

/** How a workspace is set up. */
export interface FakeSlackOptions {
  /** By default `#ops`, with the bot in it. */
  readonly channels?: readonly ChannelSketch[];
  /** The tokens that are right. One left out accepts any of its kind. */
  readonly tokens?: Tokens;
  /** Scopes of the bot token; by default those that Tocsin asks for. */
  readonly scopes?: readonly string[];
  /** Judges pace, edit window, acknowledgements; the machine's by default. */
  readonly clock?: Clock;
}

/**
 * A fake Slack: Web API under `<url>/api/<method>`, Socket Mode, and response URLs, over real HTTP. The kinds of its
 * calls are the methods, and `response_url`.
 */
export interface FakeSlack extends VendorServer {
  /** The bodies of calls that would change what people see, as JSON, oldest first; those that were refused too. */
  bodies(): readonly string[];
  /** The calls in their order, refused ones too. */
  calls(): readonly { readonly method: string; readonly args: Readonly<Record<string, unknown>> }[];
  channels(): readonly Channel[];
  /** The messages of a channel, named with or without `#` or by its id: parents and broadcasts, oldest first. */
  messages(channel?: string): readonly SlackMessage[];
  /** The messages that only one user sees. */
  ephemerals(): readonly Ephemeral[];
  /** Somebody else writes. */
  say(channel: string, text: string): SlackMessage;
  /** Somebody deletes a message. */
  remove(message: Pick<SlackMessage, "channel" | "ts">): void;
  /** Sets the workspace's limit on the age of what may be edited, in milliseconds. */
  closeEditsAfter(ms: number): void;
  /** Answers 429 to every call of the token for so long. */
  limitToken(ms: number): void;
  /** Calls that got 429 for their pace. */
  readonly limited: number;
  /** From now on these tokens are right: a rotation, or a revocation. */
  setTokens(tokens: Tokens): void;
  /** A user clicks a button or takes an option of a menu. Fails when the message shows no such thing. */
  click(click: ClickSketch): Envelope;
  readonly socket: SocketMode;
}

/** Writing, also to public channels without an invitation (`chat:write.public`), and reactions. */
const SCOPES = ["chat:write", "chat:write.public", "reactions:write"];

/** A running Slack. */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const clock = options.clock ?? systemClock;
  const workspace = new Workspace(options.channels ?? [{ name: "ops" }], () => clock.now());
  const socket = new SocketMode(clock);
  const responses = new ResponseUrls(clock, workspace);
  const api = new WebApi(clock, options.tokens ?? {}, {
    workspace,
    scopes: new Set(options.scopes ?? SCOPES),
    openConnection: () =>
      `${server.url.replace("http:", "ws:")}/link/?ticket=${socket.ticket()}&app_id=A0TOCSIN`,
  });
  const server = await startVendorServer({
    kindOf: methodOf,
    bodiesOf,
    close: () => socket.close(),
    answer: (request) =>
      request.path.startsWith("/actions/") ? answerResponse(responses, request) : api.answer(request),
    refuse: (word) => refusal(new Refusal(word)),
  });
  server.server.on("upgrade", (incoming, connection) => socket.upgrade(incoming, connection));
  return withFaces<Omit<FakeSlack, keyof VendorServer>>(server, {
    calls: () =>
      server.requests.map((request) => ({ method: methodOf(request), args: argsOf(request) ?? {} })),
    channels: () => workspace.channels(),
    messages: (channel = workspace.channels()[0]?.id ?? "") => workspace.seen(channel),
    ephemerals: () => workspace.ephemerals(),
    say: (channel, text) => workspace.say(channel, text),
    remove: ({ channel, ts }) => workspace.remove(channel, ts),
    closeEditsAfter: (ms) => {
      workspace.editWindowMs = ms;
    },
    limitToken: (ms) => api.pace.close(ms),
    get limited() {
      return api.limited;
    },
    setTokens: (tokens) => {
      api.tokens = tokens;
    },
    click: (sketch) => {
      const message = workspace.message(sketch.message.channel, sketch.message.ts);
      const answerTo = `${server.url}${responses.grant(message, sketch.user.id)}`;
      const channel = workspace.channel(message.channel, false);
      return socket.deliver(clickPayload(sketch, message, channel, answerTo));
    },
    socket,
  });
}

function bodiesOf(requests: readonly ReceivedRequest[]): readonly string[] {
  return requests.filter(isWrite).map((request) => JSON.stringify(argsOf(request) ?? request.body));
}

function answerResponse(responses: ResponseUrls, { path, body }: ReceivedRequest): Answer {
  try {
    responses.take(path, parseAnswer(body));
    return { status: 200, body: "ok" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...(refusal(error) as { body: string }), status: 404 };
  }
}

function methodOf({ path }: ReceivedRequest): string {
  const { pathname } = new URL(path, "http://slack.test");
  return pathname.startsWith("/actions/") ? "response_url" : pathname.replace(/^.*\//u, "");
}

function isWrite(request: ReceivedRequest): boolean {
  const method = methodOf(request);
  return method === "response_url" || METHODS[method]?.writes === true;
}

function argsOf(request: ReceivedRequest): Readonly<Record<string, unknown>> | undefined {
  try {
    return readCall(request).args;
  } catch {
    return undefined;
  }
}

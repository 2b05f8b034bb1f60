import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { type Clock, systemClock } from "../../src/lib/clock.ts";
import type { Answer, FakeReceiver, ReceivedRequest } from "../support/fake-receiver.ts";
import { readCall } from "./slack/call.ts";
import { clickPayload, type ClickSketch } from "./slack/click.ts";
import { type Fault, Faults } from "./slack/faults.ts";
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

/** A fake Slack: Web API under `<url>/api/<method>`, Socket Mode, and response URLs, over real HTTP. */
export interface FakeSlack extends FakeReceiver {
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
  /** One call, of the method or of any, goes wrong. */
  fault(fault: Fault, method?: string): void;
  /** Every call, of the method or of any, goes wrong until `reset`. */
  faultAlways(fault: Fault, method?: string): void;
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
  const requests: ReceivedRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const sockets = new Set<Socket>();
  const faults = new Faults();
  const workspace = new Workspace(options.channels ?? [{ name: "ops" }], () => clock.now());
  const socket = new SocketMode(clock);
  const responses = new ResponseUrls(clock, workspace);
  const api = new WebApi(clock, options.tokens ?? {}, {
    workspace,
    scopes: new Set(options.scopes ?? SCOPES),
    openConnection: () => `${url.replace("http:", "ws:")}/link/?ticket=${socket.ticket()}&app_id=A0TOCSIN`,
  });

  const answerOf = (request: ReceivedRequest): Answer =>
    request.path.startsWith("/actions/") ? answerResponse(responses, request) : api.answer(request);
  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: path = "" } = incoming;
    const request = { method, path, headers: flatten(incoming.headers), body: await readBody(incoming) };
    requests.push(request);
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    play(faults.take(methodOf(request)), () => answerOf(request), response);
  };
  const server = createServer((incoming, response) => void receive(incoming, response));
  server.on("connection", (connection) => {
    sockets.add(connection);
    connection.on("close", () => sockets.delete(connection));
    connection.on("error", () => undefined);
  });
  server.on("upgrade", (incoming, connection) => socket.upgrade(incoming, connection));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const close = async (): Promise<void> => {
    socket.close();
    for (const connection of sockets) connection.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url,
    requests,
    bodies: () =>
      requests.filter(isWrite).map(({ body, ...rest }) => JSON.stringify(argsOf({ body, ...rest }) ?? body)),
    calls: () => requests.map((request) => ({ method: methodOf(request), args: argsOf(request) ?? {} })),
    channels: () => workspace.channels(),
    messages: (channel = workspace.channels()[0]?.id ?? "") => workspace.seen(channel),
    ephemerals: () => workspace.ephemerals(),
    say: (channel, text) => workspace.say(channel, text),
    remove: ({ channel, ts }) => workspace.remove(channel, ts),
    closeEditsAfter: (ms) => {
      workspace.editWindowMs = ms;
    },
    fault: (fault, method) => faults.once(fault, method),
    faultAlways: (fault, method) => faults.always(fault, method),
    limitToken: (ms) => api.pace.close(ms),
    get limited() {
      return api.limited;
    },
    setTokens: (tokens) => {
      api.tokens = tokens;
    },
    click: (sketch) => {
      const message = workspace.message(sketch.message.channel, sketch.message.ts);
      const answerTo = `${url}${responses.grant(message, sketch.user.id)}`;
      return socket.deliver(
        clickPayload(sketch, message, workspace.channel(message.channel, false), answerTo),
      );
    },
    socket,
    script: (...answers) => {
      for (const answer of answers) faults.once(answer);
    },
    answer: (answer) => faults.always(answer),
    hang: () => faults.always("hang"),
    fail: () => faults.always({ status: 500 }),
    reset: () => {
      requests.length = 0;
      faults.clear();
    },
    get connections() {
      return sockets.size;
    },
    arrived: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close,
    [Symbol.asyncDispose]: close,
  };
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

function play(fault: Fault | undefined, answer: () => Answer, response: ServerResponse): void {
  if (fault === "hang") return;
  if (fault === "cut after" || fault === "cut after 200") answer();
  if (fault === "cut before" || fault === "reset" || fault === "cut after") {
    response.socket?.destroy();
  } else if (fault === "cut after 200") {
    response.writeHead(200, { "content-length": "1000", "content-type": "application/json; charset=utf-8" });
    response.write("{");
    setImmediate(() => response.socket?.destroy());
  } else {
    const given = fault === undefined ? answer() : "word" in fault ? refusal(new Refusal(fault.word)) : fault;
    // The answers of the Web API have a status.
    if (typeof given === "string") throw new Error(given);
    response.writeHead(given.status, given.headers ?? {});
    response.end(given.body ?? "");
  }
}

function methodOf({ path }: ReceivedRequest): string {
  const { pathname } = new URL(path, "http://slack.test");
  return pathname.startsWith("/actions/") ? "response_url" : pathname.replace(/^.*\/api\//u, "");
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // Without an encoding set, a request gives buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

import type { HttpClient } from "../src/egress/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { createLogger } from "../src/lib/log.ts";
import { Secret } from "../src/lib/secret.ts";
import { parseSink, type SinkContext } from "../src/sink/index.ts";
import { loadSinkTypes } from "../src/sinks/index.ts";
import { NOTIFICATIONS } from "../test/support/notifications.ts";

/** The options that each chat needs, and its answer that accepts a message. */
const CHATS: Readonly<Record<string, { readonly options: object; readonly answer: object }>> = {
  discord: { options: {}, answer: { id: "1", type: 0 } },
  telegram: {
    options: { token: { env: "TOKEN" }, chat: "-1001" },
    answer: { ok: true, result: { message_id: 1 } },
  },
  feishu: { options: { secret: { env: "SECRET" } }, answer: { code: 0, msg: "success" } },
  wecom: { options: {}, answer: { errcode: 0, errmsg: "ok" } },
  webex: { options: { token: { env: "TOKEN" }, room: "Y2lzY29zcGFyazov" }, answer: { id: "1" } },
  pushover: {
    options: { token: { env: "TOKEN" }, user: { env: "USER_KEY" } },
    answer: { status: 1, request: "1" },
  },
  dingtalk: { options: { secret: { env: "SECRET" } }, answer: { errcode: 0, errmsg: "ok" } },
};

/** The worst of the chats, and each by its name: milliseconds of CPU for a message, beside its request. */
export async function measureChats(rounds = 300): Promise<Readonly<Record<string, number>>> {
  const figures: Record<string, number> = {};
  const types = await loadSinkTypes(Object.keys(CHATS));
  for (const [type, { options, answer }] of Object.entries(CHATS)) {
    const { sink: configured } = parseSink({ name: type, type, url: { env: "URL" }, ...options }, types);
    if (configured === undefined) throw new Error(`${type} is not configured`);
    const sink = configured.type.create(configured.options, contextOf(JSON.stringify(answer)));
    const send = async (times: number): Promise<number> => {
      const before = process.cpuUsage();
      for (let round = 0; round < times; round++) {
        for (const notification of Object.values(NOTIFICATIONS)) {
          // oxlint-disable-next-line no-await-in-loop -- one message after the other is what is measured
          await sink.send?.(notification, { receiver: undefined, remaining: undefined, signal: NEVER });
        }
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 / (times * Object.keys(NOTIFICATIONS).length);
    };
    await send(rounds / 3);
    figures[type] = await send(rounds);
  }
  return { worstCpuMs: Math.max(...Object.values(figures)), ...figures };
}

const NEVER = new AbortController().signal;

/** Everything but the network is as in the program. */
function contextOf(body: string): SinkContext {
  const client: HttpClient = {
    request: async () => ({ status: 200, headers: {}, body, bytes: Buffer.from(body), complete: true }),
    reach: async () => "",
    quote: (answer) => answer.body,
    fetch,
    webSocket: () => {
      throw new Error("no chat needs a connection of its own");
    },
    close: async () => undefined,
  };
  return {
    name: "chat",
    cluster: "bench",
    clock: systemClock,
    log: createLogger({ level: "error", format: "json", write: () => undefined, scrub: String }),
    secret: () => Secret.literal("https://chat.example/hooks/1"),
    resolvePath: String,
    env: {},
    http: () => client,
    dial: async () => {
      throw new Error("a chat dials nobody");
    },
    attemptsAtOnce: 1,
    timeoutMs: 10_000,
    batched: false,
    stdout: async () => undefined,
    colour: false,
  };
}

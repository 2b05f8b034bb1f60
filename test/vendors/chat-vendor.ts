import type { Clock } from "../../src/lib/clock.ts";
import { FakeClock } from "../support/fake-clock.ts";
import type { Answer, ReceivedRequest } from "../support/fake-receiver.ts";
import { createRateLimit, type RateLimit, type VendorRate } from "./vendor-rate.ts";
import { createRoom, type VendorMessage, type VendorRoom } from "./vendor-room.ts";
import { startVendorServer, type VendorServer, withFaces } from "./vendor-server.ts";

/** An answer in HTTP, complete. */
export type Reply = Exclude<Answer, string>;

/** A request as a vendor reads it. */
export interface VendorCall {
  /** The groups of the route's pattern, such as a token. */
  readonly parts: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** An address of a vendor, and its judgement on what comes there. */
export interface VendorRoute {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The whole path, without the query. */
  readonly path: RegExp;
  readonly take: (call: VendorCall, room: VendorRoom) => Reply;
}

/**
 * A chat or on-call service as its own pages describe it, made before our sink and without a look at it. Each limit and
 * word in one has its source beside it.
 */
export interface ChatVendor {
  readonly type: string;
  /** The first one is that for new messages. */
  readonly routes: readonly VendorRoute[];
  /** The answer to a path that it does not have. */
  readonly notFound: Reply;
  /** Its answers by the state of the account, such as a revoked token; a test asks for one by `fault({ word })`. */
  readonly states: Readonly<Record<string, Reply>>;
  readonly rate: VendorRate;
}

/** A vendor that runs on loopback. `describeSink` takes it as a receiver. */
export interface FakeChat extends VendorServer {
  /** The messages that it has, as a person sees them, oldest first. */
  messages(): readonly VendorMessage[];
  /** Where accepted bodies had keys that it does not know and drops, such as `embeds.0.colour`. */
  ignored(): readonly string[];
  /** Why messages that it accepted never appeared, oldest first. */
  losses(): readonly string[];
  /** Keeps its rate from now on, by the clock that it was started with; in other windows, where its own are too wide. */
  limit(windows?: VendorRate["windows"]): void;
  /** The secret that signs requests, or the credential that they need; undefined where any will do. */
  secret: string | undefined;
}

/** How a vendor is started. */
export interface ChatOptions {
  /** Its time, for rate and signatures; that of a new `FakeClock` by default, as of the sinks in `describeSink`. */
  readonly clock?: Pick<Clock, "now">;
  readonly secret?: string;
  /**
   * Takes new messages at any path, for suites that put their own URL into the options of a sink. Paths of the vendor keep
   * their meaning.
   */
  readonly anyPath?: boolean;
}

/** Starts a vendor that has no messages and keeps no rate yet. */
export async function startChat(vendor: ChatVendor, options: ChatOptions = {}): Promise<FakeChat> {
  const { clock = new FakeClock(), anyPath = false } = options;
  let rate: RateLimit | undefined;
  const faces = {
    secret: options.secret,
    messages: () => room.messages,
    ignored: () => room.ignored,
    losses: () => room.losses,
    limit: (windows: VendorRate["windows"] = vendor.rate.windows) => {
      rate = createRateLimit({ ...vendor.rate, windows }, clock);
    },
  };
  const room = createRoom(() => ({ now: clock.now(), secret: fake.secret }));

  const routeOf = (method: string, pathname: string): VendorRoute | undefined => {
    const [first] = vendor.routes;
    const route = vendor.routes.find((each) => each.method === method && each.path.test(pathname));
    return route ?? (anyPath && first?.method === method ? first : undefined);
  };
  const take = ({ method, path, headers, body }: ReceivedRequest): Reply => {
    const { pathname, searchParams: query } = new URL(path, "http://vendor");
    const route = routeOf(method, pathname);
    if (route === undefined) return vendor.notFound;
    const parts = route.path.exec(pathname)?.groups ?? {};
    const call = { parts, query, headers, body, json: parse(body) };
    if (rate === undefined) return route.take(call, room);
    return rate.pass(call) ?? rate.mark(route.take(call, room), call);
  };
  const fake = withFaces(
    await startVendorServer({
      answer: (request) => {
        try {
          return take(request);
        } catch (error) {
          // A fault of the fake itself, which must not leave the sender waiting.
          return json(599, { fake: String(error) });
        }
      },
      refuse: (word) => {
        const answer = vendor.states[word];
        if (answer === undefined) throw new Error(`${vendor.type} has no state "${word}"`);
        return answer;
      },
    }),
    faces,
  );
  return fake;
}

/** An answer of JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

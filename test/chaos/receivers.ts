import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { LeftRow } from "./state-file.ts";

/** How a sink answers. `lost reply` takes the request in and then breaks the connection. */
export type Behaviour =
  | { readonly kind: "ok" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: "hang" }
  | { readonly kind: "reset" }
  | { readonly kind: "lost reply" };

/** Something a receiver has taken in: one record or one notification. */
export interface Receipt {
  readonly sink: string;
  readonly id: string;
  /** Milliseconds since the start of the run. */
  readonly at: number;
  /** Whether the sender cannot know that it was taken in: the answer did not get through. */
  ambiguous: boolean;
  readonly body: ReceivedBody;
}

/** The keys of a body that the oracle reads; a body has more. */
export interface ReceivedBody {
  readonly id: string;
  readonly kind: string;
  readonly trigger?: string;
  readonly delta?: number;
  readonly event?: ReceivedEvent;
  readonly alerts?: readonly {
    readonly fingerprint: string;
    readonly rule: string;
    readonly event: ReceivedEvent;
  }[];
}

/** The Event inside. */
export interface ReceivedEvent {
  readonly namespace: string;
  readonly name: string;
  readonly message: string;
  readonly count: number;
}

/** All sinks of the bridge, one path each, on one real HTTP server. */
export interface Receivers extends AsyncDisposable {
  readonly url: string;
  readonly receipts: readonly Receipt[];
  behave(sink: string, behaviour: Behaviour): void;
  /** Rows that the receivers refused for good: each has to become a dead letter. */
  readonly refused: readonly LeftRow[];
  /** Bodies that mention this text are refused for good. */
  poison(text: string): void;
  /** Calls back once, after the next request of a sink was taken in and before it is answered. */
  onNext(sink: string, act: () => Promise<void>): void;
}

/** Starts the server. @param now Milliseconds since the start of the run. */
export async function startReceivers(now: () => number): Promise<Receivers> {
  const receipts: Receipt[] = [];
  const behaviours = new Map<string, Behaviour>();
  const ambushes = new Map<string, () => Promise<void>>();
  const poisons: string[] = [];
  const refused: LeftRow[] = [];
  const sockets = new Set<Socket>();
  const hanging = new Map<Socket, string>();
  const newest = new Map<Socket, readonly Receipt[]>();

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sink = (request.url ?? "").slice(1);
    const text = await textOf(request);
    const behaviour = behaviours.get(sink) ?? { kind: "ok" };
    if (behaviour.kind === "hang") {
      hanging.set(request.socket, sink);
      return;
    }
    if (behaviour.kind === "reset") {
      request.socket.destroy();
      return;
    }
    if (behaviour.kind === "status") {
      const { status, retryAfter } = behaviour;
      response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end();
      return;
    }
    if (poisons.some((poison) => text.includes(poison))) {
      const bodies = bodiesIn(text);
      if (bodies.length === 1)
        refused.push(...bodies.map((body) => ({ sink, id: body.id, body: JSON.stringify(body) })));
      response.writeHead(400).end("poison");
      return;
    }
    const ambush = ambushes.get(sink);
    ambushes.delete(sink);
    const taken = bodiesIn(text).map((body) => ({ sink, id: body.id, at: now(), ambiguous: true, body }));
    receipts.push(...taken);
    newest.set(request.socket, taken);
    response.on("finish", () => {
      for (const receipt of taken) receipt.ambiguous = false;
    });
    await ambush?.();
    if (behaviour.kind === "lost reply") {
      request.socket.destroy();
      return;
    }
    if (behaviour.kind === "slow") await new Promise((resolve) => setTimeout(resolve, behaviour.ms));
    response.writeHead(200).end("ok");
  };

  const server = createServer((request, response) => {
    receive(request, response).catch(() => request.socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      hanging.delete(socket);
      newest.delete(socket);
    });
    socket.on("error", () => {
      // The sender closed it with an answer unread: its time was over while it had no processor.
      for (const receipt of newest.get(socket) ?? []) receipt.ambiguous = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    receipts,
    refused,
    behave: (sink, behaviour) => {
      behaviours.set(sink, behaviour);
      // A receiver that comes back knows nothing of what hung before.
      for (const [socket, hung] of hanging) if (hung === sink) socket.destroy();
    },
    poison: (text) => {
      poisons.push(text);
    },
    onNext: (sink, act) => {
      ambushes.set(sink, act);
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A body is one object or a batch of them. */
function bodiesIn(text: string): readonly ReceivedBody[] {
  // Made by the bridge; what the oracle does not know it calls unexpected.
  const parsed = JSON.parse(text, shortened) as ReceivedBody | readonly ReceivedBody[];
  return Array.isArray(parsed) ? (parsed as readonly ReceivedBody[]) : [parsed as ReceivedBody];
}

/** Histories are kept, and some messages are very long. */
function shortened(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, 200) : value;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // Without an encoding set, a request gives buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

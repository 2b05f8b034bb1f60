import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import type { Clock } from "../../../src/lib/clock.ts";
import { type Json, asObject } from "../json.ts";
import { WebSocketEnd } from "./web-socket.ts";

/** https://docs.slack.dev/apis/events-api/using-socket-mode#connections: "up to 10 open WebSocket connections". */
const MOST_CONNECTIONS = 10;

/** https://docs.slack.dev/interactivity/handling-user-interaction: acknowledged within 3 seconds. */
const ACK_WITHIN_MS = 3000;

/** Why Slack ends connections: the same page, "Handle disconnects gracefully". */
export type DisconnectReason = "warning" | "refresh_requested" | "link_disabled";

/** `waiting` becomes `acknowledged`, or `late` after 3 seconds; `undelivered`: no connection was open. */
export type Receipt = "waiting" | "acknowledged" | "late" | "undelivered";

/** An envelope on its way. */
export interface Envelope {
  readonly id: string;
  readonly receipt: Receipt;
}

interface Sent {
  readonly id: string;
  receipt: Receipt;
  readonly message: Json;
  readonly cancel: () => void;
}

/** The sockets of an app: hands out tickets, says hello, sends envelopes, and waits for their acknowledgement. */
export class SocketMode {
  readonly #clock: Clock;
  readonly #tickets = new Set<string>();
  readonly #open = new Map<WebSocketEnd, Duplex>();
  readonly #sent = new Map<string, Sent>();
  readonly #strange: string[] = [];
  #opened = 0;
  #turn = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#open.size;
  }

  /** Connections that were ever made. */
  get opened(): number {
    return this.#opened;
  }

  /** Messages of the app that Slack does not understand: no JSON, or no known `envelope_id`. */
  get strange(): readonly string[] {
    return this.#strange;
  }

  /** A ticket for one connection. */
  ticket(): string {
    const ticket = crypto.randomUUID();
    this.#tickets.add(ticket);
    return ticket;
  }

  /** Takes a connection with a ticket that was not used yet. */
  upgrade(request: IncomingMessage, socket: Duplex): void {
    const ticket = new URL(request.url ?? "/", "http://slack.test").searchParams.get("ticket") ?? "";
    const key = request.headers["sec-websocket-key"];
    if (!this.#tickets.delete(ticket) || key === undefined) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const end = new WebSocketEnd(socket, key, (text) => this.#take(text));
    if (this.#open.size >= MOST_CONNECTIONS) {
      // One of the reasons of which the tests of slackapi/node-slack-sdk (packages/socket-mode) know.
      end.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets" }));
      end.close();
      return;
    }
    this.#open.set(end, socket);
    this.#opened += 1;
    socket.on("close", () => this.#open.delete(end));
    end.send(
      JSON.stringify({
        type: "hello",
        connection_info: { app_id: "A0TOCSIN" },
        num_connections: this.#open.size,
        debug_info: { host: "applink-1", approximate_connection_time: 3600 },
      }),
    );
  }

  /** Sends a payload over one of the connections. */
  deliver(payload: Json): Envelope {
    const id = crypto.randomUUID();
    const sent: Sent = {
      id,
      receipt: this.#open.size === 0 ? "undelivered" : "waiting",
      message: { payload, envelope_id: id, type: "interactive", accepts_response_payload: true },
      cancel: this.#clock.after(ACK_WITHIN_MS, () => {
        if (sent.receipt === "waiting") sent.receipt = "late";
      }),
    };
    this.#sent.set(id, sent);
    this.#send(sent.message);
    return sent;
  }

  /** Sends an envelope once more, as Slack does when it saw no acknowledgement. */
  redeliver(id: string): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) throw new Error(`no envelope ${id}`);
    this.#send({ ...sent.message, retry_attempt: 1, retry_reason: "timeout" });
  }

  /** Tells every connection to go; closes them unless it is only a warning. */
  disconnect(reason: DisconnectReason): void {
    for (const end of this.#open.keys()) {
      end.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "wss-111.slack.com" } }));
      if (reason !== "warning") end.close();
    }
  }

  /** Sends any text to every connection, such as a message of a type to come. */
  broadcast(text: string): void {
    for (const end of this.#open.keys()) end.send(text);
  }

  /** Asks every connection whether it lives. */
  ping(): void {
    for (const end of this.#open.keys()) end.ping();
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const socket of this.#open.values()) socket.destroy();
  }

  close(): void {
    for (const { cancel } of this.#sent.values()) cancel();
    this.cut();
  }

  /** "Each payload may be sent to any of the connections". */
  #send(message: Json): void {
    const ends = [...this.#open.keys()];
    this.#turn += 1;
    ends[this.#turn % Math.max(1, ends.length)]?.send(JSON.stringify(message));
  }

  #take(text: string): void {
    const sent = this.#sent.get(String(envelopeIdOf(text)));
    if (sent === undefined) {
      this.#strange.push(text);
      return;
    }
    if (sent.receipt === "waiting") sent.receipt = "acknowledged";
    sent.cancel();
  }
}

function envelopeIdOf(text: string): unknown {
  try {
    return asObject(JSON.parse(text))?.["envelope_id"];
  } catch {
    return undefined;
  }
}

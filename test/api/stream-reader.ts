import { get, type IncomingMessage } from "node:http";

import { until } from "../support/until.ts";

/** One event, with its data parsed. */
export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: unknown;
}

/** Reads a stream of the API as a browser does, but a connection that ends stays ended. */
export class StreamReader implements Disposable {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Of lines that are neither empty nor of an event. */
  readonly comments: string[] = [];
  readonly events: ReadEvent[] = [];
  /** Everything as it came. */
  text = "";
  isEnded = false;
  readonly #answer: IncomingMessage;
  #rest = "";

  /** Resolves with the head of the answer. */
  static open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<StreamReader> {
    return new Promise((resolve, reject) => {
      // A connection of its own, as that of each browser.
      get(url, { headers, agent: false }, (answer) => resolve(new StreamReader(answer))).on("error", reject);
    });
  }

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    this.status = answer.statusCode ?? 0;
    this.headers = answer.headers;
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => this.#read(text));
    answer.on("close", () => {
      this.isEnded = true;
    });
    // A cut connection is what some tests want.
    answer.on("error", () => undefined);
  }

  /** The id that a browser would come back with. */
  get lastId(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  /** The data of each event of this name. */
  of(name: string): readonly unknown[] {
    return this.events.filter(({ event }) => event === name).map(({ data }) => data);
  }

  /** Resolves once so many events of this name have come in all. */
  async arrived(name: string, count = 1): Promise<readonly unknown[]> {
    await until(
      () => this.of(name).length >= count,
      () => this.text.slice(-2000),
    );
    return this.of(name);
  }

  async ended(): Promise<void> {
    await until(
      () => this.isEnded,
      () => this.text.slice(-2000),
    );
  }

  /** Takes nothing until told otherwise. */
  pause(): void {
    this.#answer.pause();
  }

  resume(): void {
    this.#answer.resume();
  }

  [Symbol.dispose](): void {
    this.#answer.destroy();
  }

  #read(text: string): void {
    this.text += text;
    const parts = (this.#rest + text).split("\n\n");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) this.#take(part.split("\n"));
  }

  #take(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const event = field("event");
    if (event === undefined) this.comments.push(lines.join("\n"));
    else this.events.push({ id: field("id"), event, data: JSON.parse(field("data") ?? "") });
  }
}

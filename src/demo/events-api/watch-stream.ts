import type { ServerResponse } from "node:http";

import { API_VERSION } from "./api-group.ts";
import type { Change, LogNode } from "./change.ts";
import type { Selection } from "./list.ts";
import { expired, StatusError } from "./status.ts";
import type { Storage } from "./storage.ts";

/** The stream gathers lines up to this many characters before it writes them. */
const CHUNK_LENGTH = 65_536;

/** The type of a watch line. */
type LineType = "ADDED" | "MODIFIED" | "DELETED";

/**
 * One watch: first the existing objects, when the request names version 0 or none, then the log from a place on. The
 * stream has no queue: it remembers its place in the log, and reads on when the socket takes more.
 */
export class WatchStream {
  readonly #response: ServerResponse;
  readonly #storage: Storage;
  readonly #selection: Selection;
  readonly #from: number;
  #initial: Iterator<Change> | undefined;
  #place: LogNode;
  #blocked = false;
  #ended = false;

  /** @param from The watch gives changes after this version; 0 for all objects first. */
  constructor(response: ServerResponse, storage: Storage, selection: Selection, from: number) {
    this.#response = response;
    this.#storage = storage;
    this.#selection = selection;
    const now = storage.revision;
    this.#from = from === 0 ? now : from;
    this.#initial = from === 0 ? storage.range(selection.prefix, "", now) : undefined;
    this.#place = storage.after(this.#from);
    response.on("drain", () => {
      this.#blocked = false;
      this.pump();
    });
    const refusal = from === 0 ? undefined : this.#refusal();
    if (refusal !== undefined) {
      this.write(`${JSON.stringify({ type: "ERROR", object: refusal.status })}\n`);
      this.end();
    }
  }

  /** Writes the changes since the last call, as far as the socket takes them. */
  pump(): void {
    while (!this.#blocked && !this.#ended) {
      const chunk = this.#nextChunk();
      if (chunk === "") return;
      this.write(chunk);
    }
    // A reader keeps alive all changes that it has not read, so it may be no further behind than the history is long.
    const behind = this.#storage.revision - this.#place.revision;
    if (this.#blocked && behind > this.#storage.mostChanges) this.destroy();
  }

  /** Writes any text into the stream, such as a faulty line. */
  write(text: string): void {
    if (!this.#ended) this.#blocked = !this.#response.write(text);
  }

  /** Ends the answer as after its time. */
  end(): void {
    this.#ended = true;
    this.#response.end();
  }

  /** Cuts the connection in the middle. */
  destroy(): void {
    this.#ended = true;
    this.#response.destroy();
  }

  /** The reason why this version cannot be watched; such a refusal comes inside the stream. */
  #refusal(): StatusError | undefined {
    const compacted = this.#storage.compactedRevision;
    if (this.#from < compacted - 1) {
      return expired("The resourceVersion for the provided watch is too old.");
    }
    const first = this.#place.next;
    if (first?.revision !== compacted || first.kind === "created") return undefined;
    // etcd still has the change, but not the state before it (docs/design/events.md#after-the-end-of-a-watch).
    const type = first.kind === "deleted" ? "DELETE" : "PUT";
    return new StatusError({
      message:
        "Internal error occurred: etcd event received with PrevKv=nil " +
        `(key="/registry/events/${first.key}", modRevision=${first.revision}, type=${type})`,
      reason: "InternalError",
      details: { causes: [{ reason: "", message: "etcd event received with PrevKv=nil" }] },
      code: 500,
    });
  }

  #nextChunk(): string {
    let chunk = "";
    while (this.#initial !== undefined && chunk.length < CHUNK_LENGTH) {
      const { value, done } = this.#initial.next();
      if (done === true) this.#initial = undefined;
      else if (this.#isSelected(value)) chunk += this.#line("ADDED", value);
    }
    while (this.#place.next !== undefined && chunk.length < CHUNK_LENGTH) {
      const change = this.#place.next;
      this.#place = change;
      if (change.revision > this.#from) chunk += this.#lineOf(change);
    }
    return chunk;
  }

  /**
   * With a selector, an object that moves into the selection is ADDED and one that moves out is DELETED, with the old
   * body.
   */
  #lineOf(change: Change): string {
    if (!change.key.startsWith(this.#selection.prefix)) return "";
    const was = change.before !== undefined && change.kind !== "created" && this.#isSelected(change.before);
    if (change.kind === "deleted") {
      return this.#selection.matches === undefined || was ? this.#line("DELETED", change) : "";
    }
    if (this.#selection.matches === undefined) {
      return this.#line(change.kind === "created" ? "ADDED" : "MODIFIED", change);
    }
    if (this.#isSelected(change)) return this.#line(was ? "MODIFIED" : "ADDED", change);
    return was && change.before !== undefined
      ? this.#line("DELETED", change.before.withRevision(change.revision))
      : "";
  }

  #isSelected(change: Change): boolean {
    return this.#selection.matches?.(change.fields()) ?? true;
  }

  #line(type: LineType, change: Change): string {
    const { group } = this.#selection;
    const body = change.bodyIn(group).slice(1);
    return `{"type":"${type}","object":{"kind":"Event","apiVersion":"${API_VERSION[group]}",${body}}\n`;
  }
}

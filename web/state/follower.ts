import { ApiError } from "./api.ts";
import { heardAt, liveness, turnAll } from "./live.ts";
import type { OpenStream, Stream } from "./stream-watcher.ts";

/** Between two questions while there is no stream, and after one that failed beside a stream, milliseconds. */
const ASK_EVERY_MS = 15_000;
/** Between two tries of a stream, milliseconds: the first, and the longest pause that doubling comes to. */
const RETRY_MS = { first: 1000, longest: 30_000 };
/** How long the first reading waits for the stream, milliseconds. */
const FIRST_READ_MS = 500;

/** What a follower asks of the bridge. */
export interface FollowerWork {
  readonly openStream: OpenStream;
  /** Reads the lists that the stream keeps up to date. @throws {ApiError} */
  readonly readLists: () => Promise<unknown>;
  /** Reads anew who looks at the page. @throws {ApiError} */
  readonly readMe: () => Promise<void>;
}

/** Keeps the lists up to date by the stream, by asking while there is none, and says which of both in `liveness`. */
export class Follower {
  readonly #work: FollowerWork;
  #stream: Stream | undefined;
  #lastId = "";
  #failures = 0;
  #isLive = false;
  /** Whether the last reading failed, so that the lists may lack what a stream does not repeat. */
  #hasMissed = false;
  #first: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setInterval> | undefined;

  constructor(work: FollowerWork) {
    this.#work = work;
  }

  /** Opens the stream, unless there is one. */
  join(): void {
    if (this.#stream !== undefined) return;
    clearTimeout(this.#retry);
    // Read once the stream is there, the lists miss nothing; but nobody waits long for a stream.
    if (this.#lastId === "") this.#first = setTimeout(() => void this.#read(), FIRST_READ_MS);
    this.#stream = this.#work.openStream(this.#lastId, {
      onHello: () => this.#joined(),
      onResync: () => void this.#readAfterGap(),
      onEnd: () => this.#ended(),
    });
  }

  /** Closes the stream, and asks nothing any more. */
  leave(): void {
    clearTimeout(this.#first);
    this.#forget();
    clearTimeout(this.#retry);
    this.#stopAsking();
  }

  #joined(): void {
    clearTimeout(this.#first);
    this.#isLive = true;
    if (this.#hasMissed) void this.#readAfterGap();
    else if (this.#lastId === "") void this.#read();
    this.#failures = 0;
    this.#stopAsking();
    liveness.value = "live";
  }

  #ended(): void {
    clearTimeout(this.#first);
    this.#forget();
    this.#failures += 1;
    this.#asking ??= setInterval(() => void this.#read(), ASK_EVERY_MS);
    void this.#read();
    const pause = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** (this.#failures - 1));
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.join(), pause);
  }

  #forget(): void {
    this.#lastId = this.#stream?.lastId() ?? this.#lastId;
    this.#stream?.close();
    this.#stream = undefined;
    this.#isLive = false;
    clearTimeout(this.#again);
  }

  #stopAsking(): void {
    clearInterval(this.#asking);
    this.#asking = undefined;
  }

  /** Reads everything that the stream would have told and did not. */
  async #readAfterGap(): Promise<void> {
    turnAll();
    await this.#read();
  }

  /** Reads the lists; whether that works says whether the bridge is there. */
  async #read(): Promise<void> {
    clearTimeout(this.#again);
    try {
      await this.#work.readLists();
      this.#hasMissed = false;
      heardAt.value = Date.now();
      if (this.#isLive) return;
      liveness.value = this.#failures > 0 ? "asking" : "joining";
      turnAll();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await this.#failed(error);
    }
  }

  async #failed({ status }: ApiError): Promise<void> {
    this.#hasMissed = true;
    clearTimeout(this.#again);
    // Beside a stream that works nothing else would ask again.
    if (this.#isLive) this.#again = setTimeout(() => void this.#readAfterGap(), ASK_EVERY_MS);
    if (status === 401 || status === 403) await this.#work.readMe().catch(() => undefined);
    else if (!this.#isLive) liveness.value = "lost";
  }
}

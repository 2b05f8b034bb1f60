import { readAlerts } from "./alerts.ts";
import { ApiError } from "./api.ts";
import { heardAt, liveness, turn } from "./live.ts";
import { readMe } from "./me.ts";
import { readStatus } from "./status.ts";
import { openStream, type Stream } from "./stream.ts";

/** Between two questions while there is no stream, milliseconds. */
const ASK_EVERY_MS = 15_000;
/** Between two tries of a stream, milliseconds: the first, and the longest pause that doubling comes to. */
const RETRY_MS = { first: 1000, longest: 30_000 };
/** How long the first reading waits for the stream, milliseconds. */
const FIRST_READ_MS = 500;
/** A page that nobody sees lets go of its connection: a browser has six for all its tabs. Milliseconds. */
const HIDDEN_MS = 10_000;

/** Keeps the page's state up to date: by the stream, or by asking while there is none. */
export function followBridge(): void {
  const follower = new Follower();
  // Without rights nothing else is answered, and then the page says so.
  void readMe().catch(() => undefined);
  follower.join();
  let hidden: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(() => follower.leave(), HIDDEN_MS);
    else follower.join();
  });
  addEventListener("online", () => follower.join());
}

class Follower {
  #stream: Stream | undefined;
  #lastId = "";
  #failures = 0;
  #isLive = false;
  /** Whether the last reading failed, so that the lists may lack what a stream does not repeat. */
  #hasMissed = false;
  #first: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setInterval> | undefined;

  /** Opens the stream, unless there is one. */
  join(): void {
    if (this.#stream !== undefined) return;
    clearTimeout(this.#retry);
    // Read once the stream is there, the lists miss nothing; but nobody waits long for a stream.
    if (this.#lastId === "") this.#first = setTimeout(() => void this.#read(), FIRST_READ_MS);
    this.#stream = openStream(this.#lastId, {
      onHello: () => this.#joined(),
      onResync: () => void this.#readAfterGap(),
      onEnd: () => this.#ended(),
    });
  }

  /** Closes the stream, and asks nothing any more. */
  leave(): void {
    this.#forget();
    clearTimeout(this.#retry);
    this.#stopAsking();
  }

  #joined(): void {
    clearTimeout(this.#first);
    const hasMissed = this.#hasMissed;
    this.#isLive = true;
    this.#hasMissed = false;
    if (hasMissed) void this.#readAfterGap();
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
  }

  #stopAsking(): void {
    clearInterval(this.#asking);
    this.#asking = undefined;
  }

  /** Reads everything that the stream would have told and did not. */
  async #readAfterGap(): Promise<void> {
    turn("silences");
    turn("deliveries");
    await this.#read();
  }

  /** Reads the lists; whether that works says whether the bridge is there. */
  async #read(): Promise<void> {
    try {
      await Promise.all([readAlerts(), readStatus()]);
      heardAt.value = Date.now();
      if (this.#isLive) return;
      liveness.value = this.#failures > 0 ? "asking" : "joining";
      turn("silences");
      turn("deliveries");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#hasMissed = true;
      if (error.status === 401 || error.status === 403) await readMe().catch(() => undefined);
      else if (!this.#isLive) liveness.value = "lost";
    }
  }
}

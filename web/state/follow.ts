import { readAlerts } from "./alerts.ts";
import { Follower } from "./follower.ts";
import { readMe } from "./me.ts";
import { readStatus } from "./status.ts";
import { openStream } from "./stream.ts";

/** A page that nobody sees lets go of its connection: a browser has six for all its tabs. Milliseconds. */
const HIDDEN_MS = 10_000;

/** Keeps the page's state up to date: by the stream, or by asking while there is none. */
export function followBridge(): void {
  const readLists = (): Promise<unknown> => Promise.all([readAlerts(), readStatus()]);
  const follower = new Follower({ openStream, readLists, readMe });
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

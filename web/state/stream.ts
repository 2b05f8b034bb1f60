import type { Status } from "../../src/api/schemas/status.ts";
import type { AlertRow } from "../model/alert-row.ts";
import { parseForeign } from "../model/parse-foreign.ts";
import { changeAlerts } from "./alerts.ts";
import { type Build, hearBuild } from "./build.ts";
import { setClock } from "./clock.ts";
import { heardAt, turn } from "./live.ts";
import { takeStatus } from "./status.ts";
import type { Stream, StreamWatcher } from "./stream-watcher.ts";

/** News is shown together, so that fifty changes a second are three paintings. Milliseconds. */
const SHOW_EVERY_MS = 300;

/** Opens the stream. @param after The last id that was seen; empty to begin with what comes next. */
export function openStream(after: string, watcher: StreamWatcher): Stream {
  const query = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
  const source = new EventSource(`/api/v1/stream${query}`);
  const news = collectNews();
  let lastId = after;
  const on = (type: string, take: (data: unknown) => void): void =>
    source.addEventListener(type, (event: MessageEvent<string>) => {
      heardAt.value = Date.now();
      if (event.lastEventId !== "") lastId = event.lastEventId;
      take(parseForeign(event.data || "{}"));
    });
  const close = (): void => {
    source.close();
    news.show();
  };
  // The types of what the stream sends are those of its page in the API; its tests hold it to them.
  on("hello", (data) => {
    const hello = data as Build & { readonly at: string };
    setClock(hello.at);
    hearBuild(hello);
    watcher.onHello();
  });
  on("alert", (data) => news.put(data as AlertRow));
  on("alert-gone", (data) => {
    news.drop((data as { readonly fingerprint: string }).fingerprint);
    turn("history");
  });
  on("silence", () => turn("silences"));
  on("silence-gone", () => turn("silences"));
  on("delivery", () => turn("deliveries"));
  on("config", () => turn("config"));
  on("status", (data) => {
    const status = data as Status;
    setClock(status.at);
    takeStatus(status);
  });
  on("resync", () => {
    // What was told before the gap must not be put over what is read after it.
    news.show();
    watcher.onResync();
  });
  const end = (): void => {
    close();
    watcher.onEnd();
  };
  on("bye", end);
  // The browser would try again by itself, but without saying whether a stream is to be had at all.
  source.addEventListener("error", end);
  return { lastId: () => lastId, close };
}

/** Keeps the newest state of each alert until it is time to show them. */
function collectNews(): {
  readonly put: (alert: AlertRow) => void;
  readonly drop: (fingerprint: string) => void;
  readonly show: () => void;
} {
  const waiting = new Map<string, AlertRow | undefined>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    const changed = [...waiting.values()].filter((alert) => alert !== undefined);
    const gone = [...waiting].filter(([, alert]) => alert === undefined).map(([key]) => key);
    waiting.clear();
    changeAlerts(changed, gone);
  };
  const take = (fingerprint: string, alert: AlertRow | undefined): void => {
    waiting.set(fingerprint, alert);
    timer ??= setTimeout(show, SHOW_EVERY_MS);
  };
  return {
    put: (alert) => take(alert.fingerprint, alert),
    drop: (fingerprint) => take(fingerprint, undefined),
    show,
  };
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type EventsApi, startEventsApi, type Written } from "../../src/demo/index.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { ApiProxy } from "./api-proxy.ts";
import type { Bed, EventBody, WriteAnswer } from "./bed.ts";

const NEVER_MS = 7 * 86_400_000;

/** The embedded Events API behind a proxy that can do what networks do. */
export interface EmbeddedBed extends Bed {
  readonly kind: "embedded";
  readonly api: EventsApi;
  readonly proxy: ApiProxy;
  /** The token the bridge is given, in a file; it is accepted until it is changed. */
  token: string;
  /** Puts a token where the bridge reads it. */
  handOut(token: string): void;
}

/** Starts it. @param directory Of the bridge. */
export async function startEmbeddedBed(options: {
  readonly story: Clock;
  readonly ttlMinutes: number;
  readonly directory: string;
}): Promise<EmbeddedBed> {
  // History is compacted by faults alone: on a slow machine a bridge may be away for many minutes of the story.
  const api = await startEventsApi({
    clock: options.story,
    ttlMs: options.ttlMinutes * 60_000,
    compactionIntervalMs: NEVER_MS,
  });
  const proxy = new ApiProxy(() => api.url);
  await proxy.open();
  const tokenFile = join(options.directory, "token");
  const bed: EmbeddedBed = {
    kind: "embedded",
    api,
    proxy,
    token: "first",
    kubeconfig: kubeconfigOf(proxy.url, tokenFile),
    handOut: (token) => writeFileSync(tokenFile, token),
    create: async (event: EventBody) => answerOf(() => api.create(event)),
    patch: async (namespace, name, patch) => answerOf(() => api.patch(namespace, name, patch)),
    remove: async (namespace, name) =>
      answerOf(() => {
        api.remove(namespace, name);
        return { namespace, name, resourceVersion: String(api.stats().revision) };
      }),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await api.stop();
    },
  };
  bed.handOut(bed.token);
  return bed;
}

/** The server is in this process: a write is done or refused, never unknown. */
function answerOf(write: () => Written): WriteAnswer | undefined {
  try {
    return { resourceVersion: write().resourceVersion };
  } catch {
    return undefined;
  }
}

function kubeconfigOf(server: string, tokenFile: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "chaos",
    contexts: [{ name: "chaos", context: { cluster: "chaos", user: "chaos" } }],
    clusters: [{ name: "chaos", cluster: { server } }],
    users: [{ name: "chaos", user: { tokenFile } }],
  });
}

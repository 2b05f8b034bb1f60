import type { ApiContext } from "../bridge.ts";
import { readStatus } from "../operations/read-status.ts";
import type { Status } from "../schemas/status.ts";

const EVERY_MS = 5000;
/** Ages and positions change always; a client has them no older than this. */
const AT_LEAST_EVERY_MS = 60_000;

/** Reads the status now and then, and knows whether it has changed. */
export class StatusWatch {
  readonly #context: ApiContext;
  #readAt = -Infinity;
  #toldAt = -Infinity;
  #told = "";

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** The status, when it should be told now. @throws {TocsinError} ERR_STORE. */
  async news(): Promise<Status | undefined> {
    const now = this.#context.clock.monotonic();
    if (now - this.#readAt < EVERY_MS) return undefined;
    this.#readAt = now;
    const status = await readStatus(this.#context);
    const essence = essenceOf(status);
    if (essence === this.#told && now - this.#toldAt < AT_LEAST_EVERY_MS) return undefined;
    this.#told = essence;
    this.#toldAt = now;
    return status;
  }
}

/** Everything but times that pass, and counts of requests and bytes. */
function essenceOf({
  at: _at,
  uptimeSeconds: _uptime,
  streams,
  lookUps,
  sinks,
  store,
  ...rest
}: Status): string {
  return JSON.stringify({
    ...rest,
    streams: streams.map(({ scope, state, trouble }) => [scope, state, trouble]),
    lookUps: lookUps?.kinds,
    sinks: sinks.map(({ oldestAgeSeconds: _age, ...sink }) => sink),
    writable: store.writable,
  });
}

import { type Bridge, createHttpServer } from "../../src/api/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { Secret } from "../../src/lib/secret.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeBridge } from "./make-bridge.ts";

/** A running API. */
export interface RunningApi extends AsyncDisposable {
  /** Of `/api/v1`. */
  readonly url: string;
}

/** Starts the API over a bridge of the test's own. @param now The time of its clock, epoch milliseconds. */
export async function startApi(over: Partial<Bridge> = {}, now?: number): Promise<RunningApi> {
  const server = createHttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    access: () => ({
      localRead: true,
      read: [Secret.literal("read-token")],
      write: [Secret.literal("write-token")],
    }),
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => Promise.resolve({ ok: true, findings: [] }),
    bridge: await makeBridge(over),
    clock: new FakeClock(now),
    log: silentLogger,
  });
  await server.start();
  return { url: `${server.address}/api/v1`, [Symbol.asyncDispose]: () => server.stop() };
}

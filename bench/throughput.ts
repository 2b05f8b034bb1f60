import { setTimeout as sleep } from "node:timers/promises";

import { startBareLoop } from "./bare-loop.ts";
import { type Bridge, startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { startReceiver } from "./receiver.ts";
import { type Program, sample } from "./sample.ts";
import { type MakeEvent, startStreamServer } from "./stream-server.ts";

/** One run of one case. */
export interface Throughput {
  readonly eventsPerSecond: number;
  readonly cpuUsPerEvent: number;
  readonly rssMb: number;
}

/** Events that come at once, and which of them the bare loop sends. */
export interface Load {
  readonly events: number;
  readonly make: MakeEvent;
  readonly wants: { readonly field: "reason" | "type"; readonly value: string };
}

/** How the bridge is configured, and how its progress is read. */
export interface BridgeCase {
  readonly configuration: object;
  /** Where its files are; a folder of its own unless told. */
  readonly folder?: string;
  /** Whether everything is done; when it has counted all Events unless told. */
  readonly isDone?: () => boolean;
}

const POLL_MS = 20;
const PATIENCE_MS = 300_000;

/** Feeds the load to the bridge and measures from the first Event to the last one done. */
export function measureBridge(
  { events, make }: Load,
  { configuration, folder, isDone }: BridgeCase,
): Promise<Throughput> {
  const hasCountedAll = async (bridge: Bridge): Promise<boolean> =>
    (await bridge.metric("tocsin_events_total")) >= events;
  return measure({
    events,
    make,
    start: (apiUrl) => startBridge(apiUrl, configuration, folder),
    isDone: isDone ?? hasCountedAll,
  });
}

/** The same with the yardstick, which is done when the receiver has everything. */
export async function measureBareLoop({ events, make, wants }: Load): Promise<Throughput> {
  await using receiver = await startReceiver(() => undefined);
  let expected = 0;
  return await measure({
    // One more that is sent tells the end where nothing else is.
    events: events + 1,
    make: (index) => {
      const event = index < events ? make(index) : kubeletEvent(index, { reason: "Last", objects: 1 });
      const sent = index < events ? event : { ...event, [wants.field]: wants.value };
      if (Reflect.get(sent, wants.field) === wants.value) expected += 1;
      return sent;
    },
    start: (apiUrl) =>
      startBareLoop({ apiUrl, receiverUrl: receiver.url, wants: `${wants.field}=${wants.value}` }),
    isDone: () => receiver.requests >= expected,
  });
}

async function measure<Measured extends Program>({
  events,
  make,
  start,
  isDone,
}: Pick<Load, "events" | "make"> & {
  readonly start: (apiUrl: string) => Promise<Measured>;
  readonly isDone: (program: Measured) => boolean | Promise<boolean>;
}): Promise<Throughput> {
  await using server = await startStreamServer(events, make);
  await using program = await start(server.url);
  // The start-up's own work is over by then.
  await sleep(500);
  const before = sample(program);
  // To ask how far it is costs the program something: not before it could be done.
  await server.release();
  while (!(await isDone(program))) {
    if (performance.now() - before.at > PATIENCE_MS)
      throw new Error(`not all of ${events} Events within 5 min`);
    await sleep(POLL_MS);
  }
  const after = sample(program);
  return {
    eventsPerSecond: Math.round(events / ((after.at - before.at) / 1000)),
    cpuUsPerEvent: (after.cpuUs - before.cpuUs) / events,
    rssMb: after.rssBytes / 2 ** 20,
  };
}

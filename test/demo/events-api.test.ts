import { startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import {
  describeEventExpiry,
  describeEventsApi,
  type EventsApiUnderTest,
} from "../support/events-api-contract.ts";
import { FakeClock } from "../support/fake-clock.ts";

describeEventsApi("embedded", async () => underTest(await startEventsApi({ clock: systemClock })));

describeEventExpiry("embedded", async () => {
  const clock = new FakeClock();
  const api = await startEventsApi({ clock, ttlMs: 20_000 });
  return { ...underTest(api), letExpire: () => clock.advance(21_000) };
});

function underTest(api: Awaited<ReturnType<typeof startEventsApi>>): EventsApiUnderTest {
  return {
    request: (path, init) => fetch(api.url + path, init),
    compact: async (resourceVersion) => api.compact(Number(resourceVersion)),
    stop: () => api.stop(),
  };
}

import { startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { describeReporter } from "../support/describe-reporter.ts";

describeReporter("embedded", async () => {
  const api = await startEventsApi({ clock: systemClock });
  return { request: (path, init) => fetch(api.url + path, init), stop: () => api.stop() };
});

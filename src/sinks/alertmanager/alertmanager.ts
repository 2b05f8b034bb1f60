import { cleanText } from "../../lib/text.ts";
import { defineSink } from "../../sink/index.ts";
import { Options } from "./options.ts";
import { Sender } from "./sender.ts";
import { toApiAlerts } from "./to-api-alerts.ts";

/** Gives alerts to Prometheus' Alertmanager as Prometheus does, so that its routes and silences decide about them. */
export const alertmanager = defineSink<Options>({
  type: "alertmanager",
  options: Options,
  takes: ["alerts"],
  traits: ({ resendEvery }) => ({ rateLimit: undefined, concurrency: 4, refreshMs: resendEvery }),
  http: true,
  create: (options, context) => {
    const sender = new Sender(options, context);
    return {
      send: async (notification, { signal }) => {
        await sender.send(notification, signal);
        return {};
      },
      refresh: (alerts, signal) => sender.refresh(alerts, signal),
      probe: (signal) => sender.probe(signal),
      close: () => sender.close(),
    };
  },
  preview: (notification, options, { now }) =>
    cleanText(JSON.stringify(toApiAlerts(notification, options, now), undefined, 2)),
});

import { z } from "zod";

import { ListedAlert } from "./alert.ts";
import { Delivery } from "./delivery.ts";
import { Instant } from "./fields.ts";
import { Silence } from "./silence.ts";
import { Status } from "./status.ts";

/** The subjects of a stream; a client may take some of them only. */
export const STREAM_TOPICS = ["alerts", "silences", "deliveries", "status", "config"] as const;
/** One of them. */
export type StreamTopic = (typeof STREAM_TOPICS)[number];

const StreamHello = z.object({
  at: Instant.describe("Time of this answer, by the server's clock."),
  version: z.string().describe("Of this program."),
  configHash: z.string().describe("Changes with any file of the configuration, secrets excluded."),
  epoch: z.string().describe("The first part of each id: another one after each start."),
});

const StreamAlertGone = z.object({
  fingerprint: z.string().describe("Of an alert that is no longer in `GET /alerts`."),
  historyId: z.string().nullable().describe("Its entry in the history; null for none."),
});

const StreamSilenceGone = z.object({ id: z.string().describe("Of a silence that is forgotten.") });

const StreamConfigUsed = z.object({
  configHash: z.string().describe("Of the configuration that has come into use."),
});

const StreamResync = z
  .object({})
  .describe("Changes are lost, or too many to be told one by one: read the lists anew.");

const StreamBye = z.object({
  why: z
    .enum(["stop", "age", "access"])
    .describe("The server stops; the stream is 30 minutes old; the caller may no longer read."),
});

/** The data of each event of a stream, by its name. */
export const STREAM_EVENTS = {
  hello: StreamHello,
  alert: ListedAlert,
  "alert-gone": StreamAlertGone,
  silence: Silence,
  "silence-gone": StreamSilenceGone,
  delivery: Delivery,
  status: Status,
  config: StreamConfigUsed,
  resync: StreamResync,
  bye: StreamBye,
} as const;

/** Those that have no name elsewhere. */
export const STREAM_SCHEMAS = {
  StreamHello,
  StreamAlertGone,
  StreamSilenceGone,
  StreamConfigUsed,
  StreamResync,
  StreamBye,
} as const;

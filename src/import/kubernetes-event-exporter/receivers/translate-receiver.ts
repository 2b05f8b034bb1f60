import { knownAddress } from "../../known-address.ts";
import type { ExporterReceiver } from "../exporter-configuration.ts";
import { textOf } from "../read-exporter.ts";
import {
  translateEventBridge,
  translateKafka,
  translateSns,
  translateSqs,
  translateSyslog,
} from "./brokers.ts";
import { translateChatWebhook, translateOpsgenie, translateSlack, translateTeams } from "./chats.ts";
import { translateFile, translateStdout } from "./lines-of-json.ts";
import { translatePlainWebhook } from "./plain-webhook.ts";
import type { ReceiverContext, TranslatedReceiver, TranslateReceiver } from "./receiver-context.ts";
import { translateLoki, translateSearch } from "./record-stores.ts";

const KINDS: Readonly<Record<string, TranslateReceiver>> = {
  stdout: translateStdout,
  file: translateFile,
  elasticsearch: translateSearch,
  opensearch: translateSearch,
  loki: translateLoki,
  syslog: translateSyslog,
  kafka: translateKafka,
  sns: translateSns,
  sqs: translateSqs,
  eventbridge: translateEventBridge,
  slack: translateSlack,
  opsgenie: translateOpsgenie,
  teams: translateTeams,
  webhook: (receiver, context) => translateWebhook(receiver, context),
};

/** Kinds that get alerts, for people read them, or they open incidents. */
const ALERT_KINDS: ReadonlySet<string> = new Set(["slack", "opsgenie", "teams"]);

/** Kinds that may get alerts as well as records. */
const EITHER: ReadonlySet<string> = new Set(["stdout", "file", "webhook"]);

/**
 * Whether a receiver gets each Event as a record.
 *
 * @param wish `alerts` or `records`, if the user said so; it counts where the sink can do both.
 */
export function isRecordReceiver(receiver: ExporterReceiver, wish?: "alerts" | "records"): boolean {
  const { kind, options, name } = receiver;
  if (ALERT_KINDS.has(kind)) return false;
  const known = kind === "webhook" ? knownAddress(textOf(options["endpoint"]), name) : undefined;
  const usual = known?.isRecord ?? true;
  if (wish === undefined || !EITHER.has(kind)) return usual;
  return wish === "records" || known?.type === "loki";
}

function translateWebhook(
  receiver: ExporterReceiver,
  context: ReceiverContext,
): ReturnType<TranslateReceiver> {
  const known = knownAddress(textOf(receiver.options["endpoint"]), receiver.name);
  if (known?.type === "loki") return translateLoki(receiver, context);
  return known === undefined || context.isRecord
    ? translatePlainWebhook(receiver, context)
    : translateChatWebhook(receiver, context);
}

/** Translates a receiver; one without an equal is reported. */
export function translateReceiver(receiver: ExporterReceiver, context: ReceiverContext): TranslatedReceiver {
  const { kind } = receiver;
  const none = { receiver, isRecord: context.isRecord, sink: undefined, words: {}, remarks: [] };
  const translate = KINDS[kind];
  if (kind === "") {
    context.say("receiver-without-sink", [], {
      did: "it has no destination, so the tool does not start",
      written: "nothing",
      decide: "give it one, or take it away",
    });
    return none;
  }
  if (translate === undefined) {
    context.say("no-equal-sink", [], {
      did: `it sent to ${kind}`,
      written: "nothing; what it got stands in a comment",
      decide:
        "send to a bridge such as Vector or an OpenTelemetry Collector by a webhook, and let it write there",
      shown: `${context.name}: ${kind}`,
    });
    return none;
  }
  return { ...none, ...translate(receiver, context) };
}

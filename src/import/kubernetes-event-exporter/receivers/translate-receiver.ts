import type { ExporterReceiver } from "../exporter-configuration.ts";
import { translateFile, translateStdout } from "./lines-of-json.ts";
import type { ReceiverContext, TranslatedReceiver, TranslateReceiver } from "./receiver-context.ts";

const KINDS: Readonly<Record<string, TranslateReceiver>> = {
  stdout: translateStdout,
  file: translateFile,
};

/** Kinds that get alerts, for they are read by people or open incidents. */
const ALERT_KINDS: ReadonlySet<string> = new Set(["slack", "opsgenie", "teams"]);

/** Whether a receiver of this kind gets each Event as a record. */
export function isRecordReceiver({ kind }: ExporterReceiver): boolean {
  return !ALERT_KINDS.has(kind);
}

/** Translates a receiver; one without an equal is reported. */
export function translateReceiver(receiver: ExporterReceiver, context: ReceiverContext): TranslatedReceiver {
  const { kind } = receiver;
  const common = { receiver, isRecord: context.isRecord };
  const translate = KINDS[kind];
  if (kind === "") {
    context.say("receiver-without-sink", [], {
      did: "it has no destination, so the tool does not start",
      written: "nothing",
      decide: "give it one, or take it away",
    });
    return { ...common, sink: undefined, words: {}, remarks: [] };
  }
  if (translate === undefined) {
    context.say("no-equal-sink", [], {
      did: `it sent to ${kind}`,
      written: "nothing; what it got stands as a comment beside forward",
      decide:
        "send to a bridge such as Vector or an OpenTelemetry collector by a webhook, and let it write there",
    });
    return { ...common, sink: undefined, words: {}, remarks: [] };
  }
  return { ...common, words: {}, remarks: [], ...translate(receiver, context) };
}

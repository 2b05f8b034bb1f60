import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import { cleanText } from "../../lib/text.ts";
import { defineSink, type SinkRecord, type SinkType } from "../../sink/index.ts";
import { tryTree } from "../../sink/options/index.ts";
import { judgeAnswer } from "./expectation.ts";
import { alertmanager } from "./formats/alertmanager.ts";
import { cloudEvents } from "./formats/cloud-events.ts";
import type { Format } from "./formats/format.ts";
import { native } from "./formats/native.ts";
import { templateFormat } from "./formats/template.ts";
import { Options } from "./options.ts";
import { sign } from "./signature.ts";

/** Posts JSON to any HTTP receiver (docs/sinks/webhook.md), signed by Standard Webhooks. */
export const webhook = defineSink<Options>({
  type: "webhook",
  options: Options,
  takes: ["alerts", "records"],
  traits: (options) => ({
    rateLimit: undefined,
    concurrency: 16,
    takes: takesOf(options),
    // Receivers of Alertmanager keep state by the key of a group.
    merge: options.format !== "alertmanager",
  }),
  advise: ({ template }) =>
    template === undefined
      ? []
      : tryTree(template).map((fault) => ({ ...fault, path: ["template", ...fault.path] })),
  http: true,
  create: (options, context) => {
    const url = context.secret(options.url);
    const secrets = (options.signing?.secrets ?? []).map((ref) => context.secret(ref));
    const client = context.http({ allowPrivate: options.allowPrivate });
    const format = formatOf(options, () => context.clock.now());

    const post = async (
      { id, body, type }: { readonly id: string; readonly body: string; readonly type: string },
      signal: AbortSignal,
    ): Promise<void> => {
      const now = context.clock.now();
      // Of this attempt: receivers refuse a timestamp that is some minutes old.
      const timestamp = String(Math.floor(now / 1000));
      const headers: Record<string, string> = {
        "content-type": type,
        "webhook-id": id,
        "webhook-timestamp": timestamp,
      };
      if (secrets.length > 0) {
        const content = `${id}.${timestamp}.${body}`;
        headers["webhook-signature"] = secrets.map((secret) => sign(content, secret)).join(" ");
      }
      const address = url.reveal();
      const answer = await client.request({ url: address, method: options.method, headers, body, signal });
      const isPlain = answer.status < 300 && options.expect === undefined;
      const said = isPlain ? "" : client.quote(answer, address);
      const refusal = judgeAnswer(answer, options.expect, { now, said });
      if (refusal !== undefined) throw refusal;
    };

    return {
      send: async (notification, { signal }) => {
        await post(
          { id: notification.id, body: format.body(notification), type: format.contentType },
          signal,
        );
        return {};
      },
      write: async (records, signal) => {
        const [first] = records;
        if (first === undefined) return [];
        if (records.length === 1 && !context.batched) {
          await post({ id: first.id, body: format.record(first), type: format.contentType }, signal);
        } else {
          await post({ ...listOf(records, format), type: format.listType }, signal);
        }
        return records.map(() => ({ ok: true }));
      },
      probe: async (signal) => {
        // Finds a missing or too short secret.
        for (const secret of secrets) sign("", secret);
        return client.reach(url.reveal(), signal);
      },
      close: () => client.close(),
    };
  },
  preview: (notification, options, { now }) =>
    previewOf(
      formatOf(options, () => now),
      notification,
    ),
});

function formatOf({ format, template }: Options, now: () => number): Format {
  if (format === "alertmanager") return alertmanager;
  if (format === "cloudevents") return cloudEvents;
  return template === undefined ? native : templateFormat(template, now);
}

/** The input that the body can be made of. */
function takesOf({ format, template }: Options): SinkType["takes"] {
  if (format === "alertmanager") return ["alerts"];
  if (template === undefined) return ["alerts", "records"];
  return [
    ...(template.ofAlerts === undefined ? [] : (["alerts"] as const)),
    ...(template.ofRecords === undefined ? [] : (["records"] as const)),
  ];
}

function listOf(
  records: readonly SinkRecord[],
  format: Format,
): { readonly id: string; readonly body: string } {
  // Brackets around a text of all records would copy all of it once more.
  const parts = records.map((record, index) => `${index === 0 ? "[" : ","}${format.record(record)}`);
  return { id: fingerprint(records.map((record) => record.id)), body: [...parts, "]"].join("") };
}

function previewOf(format: Format, notification: Notification): string {
  return cleanText(JSON.stringify(JSON.parse(format.body(notification)), undefined, 2));
}

import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineRecordSink } from "../../sink/records/index.ts";
import { FILTER_PATH, verdictOf } from "./bulk-verdict.ts";
import { documentOf } from "./document-of.ts";
import { IndexName, indexOf } from "./index-name.ts";

const Options = strict({
  urls: z
    .array(PlainOrSecret)
    .min(1)
    .max(16)
    .describe("nodes of one cluster; the next one is asked where one is away"),
  index: IndexName.default("events-{yyyy.MM.dd}").describe(
    "an index or a data stream, with the date of the record",
  ),
  id: z
    .enum(["occurrence", "uid"])
    .default("occurrence")
    .describe("one document for each record, or the newest state of each Event"),
  apiKey: SecretRef.optional().describe("an API key in its encoded form"),
});
type Options = z.infer<typeof Options>;

/** Writes records to Elasticsearch or OpenSearch, by bulk requests that change nothing when they are repeated. */
export const elasticsearch = defineRecordSink<Options, string>({
  type: "elasticsearch",
  options: Options,
  shows: true,
  // Elastic advises a few megabytes; http.max_content_length is 100 MB: docs/sinks/elasticsearch.md#limits
  maxBytes: 5_000_000,
  open: ({ urls, index, id, apiKey }, context) => {
    const nodes = urls.map((url) => context.secret(url));
    const key = apiKey === undefined ? undefined : context.secret(apiKey);
    return {
      urls: () => nodes.map((node) => bulkOf(node.reveal())),
      toItem: (record, json, isShown) => {
        const { uid, firstSeen, lastSeen } = record.event;
        const action =
          id === "occurrence"
            ? { create: { _index: indexOf(index, lastSeen), _id: record.id } }
            : {
                index: {
                  // All states of an Event have the same first time, so that they meet in one index.
                  _index: indexOf(index, firstSeen),
                  _id: uid,
                  // A late attempt never replaces a newer state.
                  version: Math.max(0, Date.parse(lastSeen)),
                  version_type: "external_gte",
                },
              };
        return `${JSON.stringify(action)}\n${isShown ? json : documentOf(record, json)}\n`;
      },
      toBody: (items) => items.join(""),
      headers: () => ({
        "content-type": "application/x-ndjson",
        ...(key === undefined ? {} : { authorization: `ApiKey ${key.reveal()}` }),
      }),
      judge: verdictOf,
    };
  },
});

/** The address of bulk requests below that of a node; a query, such as `?pipeline=events`, stays. */
function bulkOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  url.pathname = `${url.pathname.replace(/\/+$/u, "")}/_bulk`;
  url.searchParams.set("filter_path", FILTER_PATH);
  return url.href;
}

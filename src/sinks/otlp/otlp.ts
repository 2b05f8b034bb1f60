import { z } from "zod";

import type { EventRecord } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { defineRecordSink } from "../../sink/records/index.ts";
import { byResource } from "./by-resource.ts";
import { toJson } from "./to-json.ts";
import { toProtobuf } from "./to-protobuf.ts";
import { verdictOf } from "./verdict-of.ts";

const Options = strict({
  url: PlainOrSecret.describe("an OTLP/HTTP receiver; without a path /v1/logs is meant"),
  protocol: z
    .enum(["http/protobuf", "http/json"], {
      error: "expected http/protobuf or http/json; gRPC is not spoken",
    })
    .default("http/protobuf")
    .describe("the encoding"),
  resource: z
    .record(z.string().min(1).max(256), z.string().max(1024))
    .default({})
    .describe("further attributes of the resource, such as service.name"),
});
type Options = z.infer<typeof Options>;

const CONTENT_TYPES = { "http/protobuf": "application/x-protobuf", "http/json": "application/json" } as const;

/** Exports records as logs, to an OpenTelemetry collector or anything else that speaks OTLP over HTTP. */
export const otlp = defineRecordSink<Options, EventRecord>({
  type: "otlp",
  options: Options,
  // The collector's max_request_body_size is 20 MiB, and gRPC behind it takes 4 MB: docs/sinks/otlp.md#limits
  maxBytes: 3_000_000,
  path: "/v1/logs",
  open: ({ url, protocol, resource }, context) => {
    const address = context.secret(url);
    const own = Object.entries(resource);
    const encode = protocol === "http/json" ? toJson : toProtobuf;
    return {
      urls: () => [address.reveal()],
      toItem: (record) => record,
      toBody: (records) => encode(byResource(records), own),
      headers: () => ({ "content-type": CONTENT_TYPES[protocol] }),
      judge: (answer) =>
        verdictOf(answer, ({ rejected, message }) =>
          context.log.warn("the receiver refused some records of a request, and they are lost", {
            rejected,
            records: answer.count,
            error: message,
          }),
        ),
    };
  },
});

import type { z } from "zod";

import { STREAM_EVENTS } from "../schemas/stream.ts";

/** A piece of JSON Schema or OpenAPI. */
type Json = Readonly<Record<string, unknown>>;

/** The parts of the description that all operations share. */
export interface DescribedParts {
  /** Of the query. */
  readonly parameters: readonly Json[];
  /** Of each refusal, by status. */
  readonly problems: Json;
  readonly refTo: (schema: z.ZodType) => Json;
}

const DESCRIPTION = [
  "Server-sent events, from now on or from the place of the client on.",
  "An event with an `id` stands for a change; whoever comes back with the newest id gets everything since then, of each alert, silence and delivery only its newest state.",
  "`hello` comes first.",
  "`resync` says that changes are lost: read the lists anew.",
  "An alert comes at most once a second, whole: replace the one that you have.",
  "A stream ends after 30 minutes, when its caller may no longer read, when it takes nothing for 30 seconds, and when the server stops: connect again.",
].join(" ");

/** Describes `GET /stream`. OpenAPI 3.1 has no words for the items of a stream: the schema is that of each event. */
export function describeStream({ parameters, problems, refTo }: DescribedParts): Json {
  return {
    operationId: "followChanges",
    summary: "Changes as they happen",
    description: DESCRIPTION,
    security: [{}, { token: [] }, { session: [] }],
    parameters: [
      ...parameters,
      {
        name: "Last-Event-ID",
        in: "header",
        required: false,
        description: "As `after`; browsers send it when they come back.",
        schema: { type: "string" },
      },
    ],
    responses: {
      200: {
        description: "The events, until the stream ends.",
        content: { "text/event-stream": { schema: { anyOf: describeEvents(refTo) } } },
      },
      ...problems,
    },
  };
}

function describeEvents(refTo: DescribedParts["refTo"]): readonly Json[] {
  return Object.entries(STREAM_EVENTS).map(([event, schema]) => ({
    type: "object",
    description: `The event \`${event}\`.`,
    properties: {
      id: { type: "string", description: "The place to resume from." },
      event: { const: event, description: "Its name." },
      data: {
        type: "string",
        description: "JSON on one line.",
        contentMediaType: "application/json",
        contentSchema: refTo(schema),
      },
    },
    required: ["event", "data"],
  }));
}

import { z } from "zod";

import { ALERT_SCHEMAS } from "../alert/index.ts";
import { accessOf, type Operation } from "./operations/operation.ts";
import { OPERATIONS } from "./operations/operations.ts";
import { AlertDetail } from "./schemas/alert-detail.ts";
import { Alert, AlertPage, AlertPages, ListedAlert, ListedAlertPage } from "./schemas/alert.ts";
import {
  DeadLetter,
  DeadLetterChoice,
  DeadLetterPage,
  DeadLettersChanged,
  OpenedDeadLetter,
} from "./schemas/dead-letter.ts";
import { Decision, DecisionPage } from "./schemas/decision.ts";
import { Delivery, DeliveryPage } from "./schemas/delivery.ts";
import { EndedAlert, HistoryPage, Strip, WholeEndedAlert } from "./schemas/ended-alert.ts";
import { ExplainRequest, Explanation } from "./schemas/explanation.ts";
import { Group, GroupPage } from "./schemas/group.ts";
import { Trial, TrialRequest } from "./schemas/playground.ts";
import { Problem } from "./schemas/problem.ts";
import { RecentEventPage } from "./schemas/recent-event.ts";
import { Rule, RulePage } from "./schemas/rule.ts";
import { Me, SessionRequest } from "./schemas/session.ts";
import { SilencePreview } from "./schemas/silence-preview.ts";
import { MadeSilence, Silence, SilenceList } from "./schemas/silence.ts";
import { Status } from "./schemas/status.ts";
import { STREAM_SCHEMAS } from "./schemas/stream.ts";
import { TimelinePage } from "./schemas/timeline.ts";
import { describeStream } from "./stream/describe-stream.ts";
import { StreamQuery } from "./stream/open-stream.ts";

/** Schemas with a name of their own in the description. */
const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  Alert,
  AlertDetail,
  AlertPage,
  AlertPages,
  ListedAlert,
  ListedAlertPage,
  DeadLetter,
  DeadLetterPage,
  DeadLettersChanged,
  Decision,
  DecisionPage,
  Delivery,
  DeliveryPage,
  EndedAlert,
  Explanation,
  Group,
  GroupPage,
  HistoryPage,
  OpenedDeadLetter,
  Problem,
  RecentEventPage,
  Rule,
  RulePage,
  MadeSilence,
  Me,
  Silence,
  SilencePreview,
  SilenceList,
  Status,
  Strip,
  Trial,
  WholeEndedAlert,
  ...STREAM_SCHEMAS,
  TimelinePage,
};
const BODIES: Readonly<Record<string, z.ZodType>> = {
  DeadLetterChoice,
  ExplainRequest,
  SessionRequest,
  TrialRequest,
  ...ALERT_SCHEMAS.requested,
};

const PROBLEMS: Readonly<Record<number, string>> = {
  400: "Something in the request is not right; all faults at once.",
  401: "A token is needed, or is unknown.",
  403: "This caller may not do that.",
  404: "There is no such thing.",
  409: "It cannot be done as things are.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  429: "Too many wrong tokens from this address; `retry-after` says when the next one is heard.",
  503: "The store does not answer, or there are too many streams.",
};

const DESCRIPTION = [
  "The way to look inside a running Tocsin.",
  "Changes within version 1 only add: ignore what you do not know.",
  "Times are RFC 3339 in UTC.",
  "Whoever is on the same machine may read without a token, unless `server.localRead` is false; others need one of `server.tokens.read`, and changes always one of `server.tokens.write`.",
  "Texts that come from Events are untrusted: escape them wherever you show them.",
].join(" ");

/** The empty entry says that the same machine, or everyone, needs nothing. */
const SECURITY: Readonly<Record<ReturnType<typeof accessOf>, readonly Json[]>> = {
  none: [{}],
  read: [{}, { token: [] }, { session: [] }],
  write: [{ token: [] }, { session: [] }],
};

/** A piece of JSON Schema or OpenAPI. */
type Json = Readonly<Record<string, unknown>>;

/** The description of the API: OpenAPI 3.1, made of the schemas that parse requests and answers. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  paths["/stream"] = {
    get: describeStream({
      parameters: queryParameters(StreamQuery),
      problems: problemsOf([400, 401, 403, 503]),
      refTo: (schema) => ({ $ref: refTo(nameOf(ANSWERS, schema)) }),
    }),
  };
  return {
    openapi: "3.1.0",
    info: { title: "Tocsin", version: "1", description: DESCRIPTION },
    servers: [{ url: "/api/v1" }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "tocsin_session" },
      },
      schemas: { ...toComponents(ANSWERS, "output"), ...toComponents(BODIES, "input") },
    },
  };
}

function describe(operation: Operation): Json {
  const { operationId, path, summary, description, query, body, answer, refusals = [] } = operation;
  const pages = "cursor" in query.shape ? [404] : [];
  const statuses = [
    400,
    401,
    403,
    ...new Set([...refusals, ...pages]),
    ...(body === undefined ? [] : [415]),
    503,
  ];
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    security: SECURITY[accessOf(operation)],
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(BODIES, body) } }),
    responses: {
      200: { description: "The request in words.", content: contentOf(ANSWERS, answer) },
      ...problemsOf(statuses),
    },
  };
}

function problemsOf(statuses: readonly number[]): Json {
  const content = contentOf(ANSWERS, Problem);
  return Object.fromEntries(statuses.map((status) => [status, { description: PROBLEMS[status], content }]));
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    description: "As the list gives it.",
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodObject): readonly Json[] {
  return Object.entries(query.shape).map(([name, field]) => {
    const { description, ...schema } = toSchema(field, "input");
    return { name, in: "query", required: false, description, schema };
  });
}

function contentOf(named: Readonly<Record<string, z.ZodType>>, schema: z.ZodType): Json {
  return { "application/json": { schema: { $ref: refTo(nameOf(named, schema)) } } };
}

function nameOf(named: Readonly<Record<string, z.ZodType>>, schema: z.ZodType): string {
  const [name] = Object.entries(named).find(([, candidate]) => candidate === schema) ?? [];
  if (name === undefined) throw new Error("a schema of the API has no name in its description");
  return name;
}

function toComponents(named: Readonly<Record<string, z.ZodType>>, io: "input" | "output"): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: refTo,
    override: io === "output" ? simplifyAnswer : simplify,
    unrepresentable: "any",
  });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema)]));
}

function toSchema(schema: z.core.$ZodType, io: "input" | "output"): Json {
  return withoutIds(z.toJSONSchema(schema, { io, override: simplify }));
}

interface Overridden {
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Answers may get new keys, so a client must not refuse unknown ones. */
function simplifyAnswer(overridden: Overridden): void {
  const { jsonSchema } = overridden;
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  simplify(overridden);
}

/** A format is enough. */
function simplify({ jsonSchema }: Overridden): void {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  delete jsonSchema.readOnly;
}

function withoutIds(schema: Json): Json {
  const { $schema: _dialect, $id: _id, ...rest } = schema;
  return rest;
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}

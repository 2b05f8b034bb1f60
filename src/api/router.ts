import express, { type RequestHandler, type Response, type Router } from "express";
import type { z } from "zod";

import { TocsinError } from "../lib/errors.ts";
import { check, type Fault } from "../lib/schema.ts";
import { callerOf } from "./access/caller.ts";
import { identify } from "./access/identity.ts";
import { requireAccess } from "./access/require-access.ts";
import { onlyAllow, sendProblem, sendUnknownPath } from "./answers.ts";
import type { ApiContext } from "./bridge.ts";
import { compressAnswers } from "./compress-answers.ts";
import { openApiDocument } from "./openapi.ts";
import { accessOf, isRefusal, isWithCookie, type Operation, type Refusal } from "./operations/operation.ts";
import { OPERATIONS } from "./operations/operations.ts";
import { readJson } from "./read-json.ts";
import { parseQuery, sendFaults } from "./requests.ts";
import type { Problem } from "./schemas/problem.ts";
import { openStream } from "./stream/open-stream.ts";
import type { StreamHub } from "./stream/stream-hub.ts";

const ALLOWED_METHODS = { get: "GET, HEAD", post: "POST", delete: "DELETE" } as const;

/** The routes below `/api/v1`. */
export function createApiRouter(context: ApiContext, streams: StreamHub): Router {
  const router = express.Router();
  const isOpen = (operation: Operation): boolean => accessOf(operation) === "none";
  // Those that give a session come before the compression, https://www.breachattack.com.
  addRoutes(router, context, OPERATIONS.filter(isOpen));
  router.use(compressAnswers);
  router.use(requireAccess("read", context.access));
  router
    .route("/openapi.json")
    .get((_request, response) => send(response, openApiDocument()))
    .all(onlyAllow("GET, HEAD"));
  router.route("/stream").get(openStream(streams, context.access)).all(onlyAllow("GET, HEAD"));
  addRoutes(
    router,
    context,
    OPERATIONS.filter((operation) => !isOpen(operation)),
  );
  router.use(sendUnknownPath);
  return router;
}

function addRoutes(router: Router, context: ApiContext, all: readonly Operation[]): void {
  for (const [path, operations] of Map.groupBy(all, (operation) => operation.path)) {
    const route = router.route(path.replaceAll(/\{(\w+)\}/gu, ":$1"));
    for (const operation of operations) {
      // To read is asked before all of them.
      const allowed = accessOf(operation) === "write" ? [requireWrite(operation, context)] : [];
      const body = operation.body === undefined ? [] : [readJson];
      route[operation.method](...allowed, ...body, answerWith(operation, context));
    }
    route.all(onlyAllow(operations.map(({ method }) => ALLOWED_METHODS[method]).join(", ")));
  }
}

/** Passes those who may write, and where an operation says so those who may read. */
function requireWrite({ isReadable }: Operation, { access, configuration }: ApiContext): RequestHandler {
  const mayWrite = requireAccess("write", access);
  return (request, response, next) => {
    if (isReadable?.(configuration()) === true) next();
    else mayWrite(request, response, next);
  };
}

function answerWith(operation: Operation, context: ApiContext): RequestHandler {
  return async (request, response) => {
    const query = parseQuery(operation.query, request);
    const body = parse(operation.body, request.body);
    const faults = [...query.faults, ...body.faults];
    if (faults.length > 0) {
      sendFaults(response, faults);
      return;
    }
    const id = String(request.params["id"] ?? "");
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    try {
      // The schemas of this very operation parsed them, as `defineOperation` demands.
      const parsed = { query: query.value as never, body: body.value as never, id };
      const caller = callerOf(request);
      const given = { ...parsed, caller, identity: identify(caller, context.access()), gone: gone.signal };
      sendAnswer(response, await operation.answerTo(context, given));
    } catch (error) {
      if (!isAbort(error)) sendFailure(response, error);
    }
  };
}

function sendAnswer(response: Response, answer: unknown): void {
  if (isRefusal(answer)) sendRefusal(response, answer);
  else if (isWithCookie(answer)) send(response.set("set-cookie", answer.cookie), answer.answer);
  else send(response, answer);
}

function sendRefusal(response: Response, refusal: Refusal): void {
  if ("retryAfter" in refusal) response.set("retry-after", String(refusal.retryAfter));
  sendProblem(response, refusal.refused, problemOf(refusal));
}

function problemOf(refusal: Refusal): Problem {
  if (refusal.refused === 400) return { error: "the request is not right", faults: [...refusal.faults] };
  const { message: error, history } = refusal;
  return history === undefined ? { error } : { error, history };
}

function parse(
  schema: z.ZodType | undefined,
  value: unknown,
): { readonly value: unknown; readonly faults: readonly Fault[] } {
  return schema === undefined ? { value: undefined, faults: [] } : check(schema, value);
}

/** Work that ended since its caller had gone: nobody waits for an answer. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** A failing store, and a wrong cursor, are no faults of this program. */
function sendFailure(response: Response, error: unknown): void {
  if (!(error instanceof TocsinError)) throw error;
  if (error.code === "ERR_USAGE") {
    sendFaults(response, [{ level: "error", path: ["cursor"], message: error.message }]);
  } else if (error.code === "ERR_STORE") {
    sendProblem(response, 503, { error: "the store does not answer; the log and /readyz say more" });
  } else {
    throw error;
  }
}

function send(response: Response, answer: unknown): void {
  response.set("cache-control", "no-store").json(answer);
}

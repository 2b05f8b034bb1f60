import express, { type Request, type RequestHandler, type Response, type Router } from "express";

import { TocsinError } from "../../lib/errors.ts";
import { callerOf } from "../access/caller.ts";
import { identify } from "../access/identity.ts";
import { requireAccess } from "../access/require-access.ts";
import { onlyAllow, sendUnknownPath } from "../answers.ts";
import type { ApiContext } from "../bridge.ts";
import { readJson } from "../read-json.ts";
import { acceptPassword } from "./accept-password.ts";
import { listAlertGroups } from "./alert-groups.ts";
import { listAlerts, refuseAlerts } from "./alerts.ts";
import type { Answer, Operation } from "./answer.ts";
import { WrongQuery } from "./query.ts";
import { listReceivers } from "./receivers.ts";
import { sendList } from "./send-list.ts";
import { deleteSilence, getSilence, listSilences, postSilence } from "./silences.ts";
import { getStatus } from "./status.ts";
import { Turns } from "./turns.ts";

/** Each list of 100,000 alerts keeps some megabytes while it is written. */
const TURNS = { most: 2, mostWaiting: 14 };

/** The routes below `/api/v2`: Alertmanager's API for reading and for silences, as its openapi.yaml (0.35) says. */
export function createAlertmanagerRouter(context: ApiContext): Router {
  const { access } = context;
  const router = express.Router();
  const turns = new Turns(TURNS);
  const to = (operation: Operation): RequestHandler => answerWith(operation, context);
  const inTurn = (operation: Operation): RequestHandler => answerInTurn(to(operation), turns);
  const mayWrite = requireAccess("write", access);
  router.use(acceptPassword, requireAccess("read", access));
  router.route("/status").get(to(getStatus)).all(onlyAllow("GET, HEAD"));
  router.route("/receivers").get(to(listReceivers)).all(onlyAllow("GET, HEAD"));
  router.route("/alerts").get(inTurn(listAlerts)).post(to(refuseAlerts)).all(onlyAllow("GET, HEAD"));
  router.route("/alerts/groups").get(inTurn(listAlertGroups)).all(onlyAllow("GET, HEAD"));
  router
    .route("/silences")
    .get(to(listSilences))
    .post(mayWrite, readJson, to(postSilence))
    .all(onlyAllow("GET, HEAD, POST"));
  // Ids of the configuration have a slash, and not every program writes it as %2F.
  router
    .route("/silence/*id")
    .get(to(getSilence))
    .delete(mayWrite, to(deleteSilence))
    .all(onlyAllow("GET, HEAD, DELETE"));
  router.use(sendUnknownPath);
  return router;
}

function answerWith(operation: Operation, context: ApiContext): RequestHandler {
  return async (request, response) => {
    const { searchParams: query } = new URL(request.url, "http://localhost");
    try {
      const { user } = identify(callerOf(request), context.access());
      const answer = await operation(context, { query, id: idOf(request), body: request.body, user });
      if ("parts" in answer) await sendList(request, response, { parts: answer.parts, clock: context.clock });
      else send(response, answer);
    } catch (error) {
      sendFailure(response, error);
    }
  };
}

function answerInTurn(handle: RequestHandler, turns: Turns): RequestHandler {
  return async (request, response, next) => {
    const isAnswered = await turns.run(async () => handle(request, response, next));
    if (isAnswered) return;
    response.set("retry-after", "1");
    sendText(response, 503, "too many lists are being read at once: try again later");
  };
}

function idOf({ params: { id = [] } }: Request): string {
  return [id].flat().join("/");
}

function send(response: Response, { status, body }: Exclude<Answer, { parts: unknown }>): void {
  response.set("cache-control", "no-store").status(status);
  if (body === undefined) response.end();
  else response.json(body);
}

function sendFailure(response: Response, error: unknown): void {
  if (error instanceof WrongQuery) {
    sendText(response, 400, error.message);
  } else if (response.headersSent) {
    // The list breaks off, which no program takes for a whole one; or its reader has gone.
    response.destroy();
  } else if (error instanceof TocsinError && error.code === "ERR_STORE") {
    sendText(response, 503, "the store does not answer; the log and /readyz say more");
  } else {
    throw error;
  }
}

function sendText(response: Response, status: number, words: string): void {
  response.status(status).set("cache-control", "no-store").json(words);
}

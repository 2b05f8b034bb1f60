import express, { type NextFunction, type Request, type Response } from "express";

import { sendProblem } from "./answers.ts";

const MOST_BODY_BYTES = 64 * 1024;

const parseJson = express.json({ limit: MOST_BODY_BYTES, inflate: false });

/** Only a body that calls itself JSON: a form on another site's page cannot. */
export function readJson(request: Request, response: Response, next: NextFunction): void {
  if (request.is("application/json") === false) {
    sendProblem(response, 415, { error: 'write JSON, and say so: "content-type: application/json"' });
    return;
  }
  parseJson(request, response, (failure?: unknown) => {
    if (failure === undefined) next();
    else sendProblem(response, 400, { error: "the body cannot be read as JSON, or is too large" });
  });
}

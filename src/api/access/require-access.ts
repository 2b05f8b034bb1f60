import type { NextFunction, Request, RequestHandler, Response } from "express";

import { sendProblem } from "../answers.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { callerOf } from "./caller.ts";
import type { Right } from "./tokens.ts";
import { mayRead, mayWrite, type Verdict } from "./verdict.ts";

/** Passes only requests that may read, or that may change something. */
export function requireAccess(right: Right, access: () => AccessPolicy): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const verdict = verdictOn(request, right, access());
    if (verdict.allowed) {
      next();
      return;
    }
    if (verdict.status === 401) response.set("www-authenticate", "Bearer");
    sendProblem(response, verdict.status, { error: verdict.message });
  };
}

/** Whether a request may read, or change something, by these rules. */
export function verdictOn(request: Request, right: Right, access: AccessPolicy): Verdict {
  return (right === "read" ? mayRead : mayWrite)(callerOf(request), access);
}

import type { NextFunction, Request, RequestHandler, Response } from "express";

import { type Caller, mayRead, mayWrite, type Verdict } from "./access.ts";
import type { Problem } from "./schemas/problem.ts";
import type { Tokens } from "./tokens.ts";

/** Headers by which a proxy names the client that it speaks for. */
const FORWARDING = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"] as const;

/** Answers an error as JSON. */
export function sendProblem(response: Response, status: number, problem: Problem): void {
  response.status(status).set("cache-control", "no-store").json(problem);
}

/** Answers 405 to every other method of a path. */
export function onlyAllow(methods: string): (request: Request, response: Response) => void {
  return (request, response) => {
    response.set("allow", methods);
    sendProblem(response, 405, { error: `${request.method} is not allowed here, only ${methods}` });
  };
}

/** Answers 404. */
export function sendUnknownPath(request: Request, response: Response): void {
  const path = `${request.baseUrl}${request.path}`.slice(0, 200);
  sendProblem(response, 404, { error: `no such path: ${path}` });
}

/** Passes only requests that may read, or that may change something. */
export function requireAccess(access: "read" | "write", tokens: () => Tokens): RequestHandler {
  const judge = access === "read" ? mayRead : mayWrite;
  return (request: Request, response: Response, next: NextFunction) => {
    const verdict: Verdict = judge(callerOf(request), tokens());
    if (verdict.allowed) {
      next();
      return;
    }
    if (verdict.status === 401) response.set("www-authenticate", "Bearer");
    sendProblem(response, verdict.status, { error: verdict.message });
  };
}

function callerOf(request: Request): Caller {
  return {
    peer: request.socket.remoteAddress ?? "",
    host: request.get("host") ?? "",
    origin: request.get("origin") ?? "",
    authorization: request.get("authorization") ?? "",
    isForwarded: FORWARDING.some((name) => request.get(name) !== undefined),
  };
}

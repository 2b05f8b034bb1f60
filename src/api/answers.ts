import type { NextFunction, Request, RequestHandler, Response } from "express";

import { type AccessPolicy, type Caller, mayRead, mayWrite, type Verdict } from "./access.ts";
import { isForwarding } from "./forwarding.ts";
import type { Problem } from "./schemas/problem.ts";

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
export function requireAccess(right: "read" | "write", access: () => AccessPolicy): RequestHandler {
  const judge = right === "read" ? mayRead : mayWrite;
  return (request: Request, response: Response, next: NextFunction) => {
    const verdict: Verdict = judge(callerOf(request), access());
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
    local: request.socket.localAddress ?? "",
    host: request.get("host") ?? "",
    origin: request.get("origin") ?? "",
    authorization: request.get("authorization") ?? "",
    isForwarded: Object.keys(request.headers).some(isForwarding),
  };
}

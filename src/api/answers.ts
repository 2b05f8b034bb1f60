import type { Request, Response } from "express";

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

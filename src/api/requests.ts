import type { Request, Response } from "express";
import type { z } from "zod";

import { check, type Fault } from "../lib/schema.ts";
import { dotted } from "../lib/yaml-file.ts";
import { sendProblem } from "./answers.ts";

/** Parses the parameters behind the path of a request. */
export function parseQuery<Query>(
  schema: z.ZodType<Query>,
  request: Request,
): ReturnType<typeof check<Query>> {
  return check(schema, queryOf(request));
}

/** Answers 400. A cursor names a page: one that names none is like an id of nothing. */
export function sendFaults(response: Response, faults: readonly Fault[]): void {
  const isPageMissing = faults.every(({ path }) => path[0] === "cursor");
  const error = isPageMissing ? "there is no such page" : "the request is not right";
  sendProblem(response, isPageMissing ? 404 : 400, { error, faults: faults.map(toFault) });
}

function toFault({ path, message }: Fault): { readonly path: string; readonly message: string } {
  return { path: dotted(path), message };
}

/** A parameter that is given twice is a list, which no schema takes. */
function queryOf(request: Request): Readonly<Record<string, unknown>> {
  const { searchParams } = new URL(request.url, "http://localhost");
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((key) => {
      const values = searchParams.getAll(key);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );
}

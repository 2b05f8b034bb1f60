import { z } from "zod";

import type { ApiContext } from "../bridge.ts";

/** A refusal. */
export type Refusal =
  | { readonly refused: 404 | 409; readonly message: string }
  /** The body has the right shape, but an impossible content. */
  | {
      readonly refused: 400;
      readonly faults: readonly { readonly path: string; readonly message: string }[];
    };

/** A parsed request. */
export interface Given<Query, Body> {
  readonly query: Query;
  readonly body: Body;
  /** The value of `{id}` in the path; "" without one. */
  readonly id: string;
}

/** For operations that take no parameters. */
export const NO_QUERY = z.strictObject({});

/** One operation: routes and their description are made of this table. */
export interface Operation {
  /** A name for programs, unique. */
  readonly operationId: string;
  readonly method: "get" | "post";
  /** The right that it needs; by default `read` for `get`, else `write`. */
  readonly access?: "read" | "write";
  /** Below `/api/v1`; may hold `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** Statuses of its refusals. */
  readonly refusals?: readonly (404 | 409)[];
  readonly answerTo: (context: ApiContext, given: Given<never, never>) => Promise<unknown>;
}

/** Defines an operation whose parts fit together: its schemas are the types of its input and its answer. */
export function defineOperation<Query extends z.ZodObject, Answer extends z.ZodType, Body = undefined>(
  operation: Omit<Operation, "query" | "body" | "answer" | "answerTo"> & {
    readonly query: Query;
    readonly body?: z.ZodType<Body>;
    readonly answer: Answer;
    readonly answerTo: (
      context: ApiContext,
      given: Given<z.output<Query>, Body>,
    ) => Promise<Readonly<z.output<Answer>> | Refusal>;
  },
): Operation {
  return operation;
}

/** Whether an answer is a refusal. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "refused" in answer;
}

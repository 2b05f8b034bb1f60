import { z } from "zod";

import type { ApiContext } from "../bridge.ts";

/** An answer that is a no. */
export type Refusal =
  | { readonly refused: 404 | 409; readonly message: string }
  /** The body has the right shape, and says something impossible. */
  | {
      readonly refused: 400;
      readonly faults: readonly { readonly path: string; readonly message: string }[];
    };

/** What a request gave, parsed. */
export interface Given<Query, Body> {
  readonly query: Query;
  readonly body: Body;
  /** What stands for `{id}` in the path; "" where there is none. */
  readonly id: string;
}

/** For operations that take no parameters. */
export const NO_QUERY = z.strictObject({});

/** What one path does: the table that both the routes and their description are made of. */
export interface Operation {
  /** A name for programs, unique. */
  readonly operationId: string;
  readonly method: "get" | "post";
  /** Who may; whoever may read for `get`, else whoever may write. */
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
  readonly answerTo: (look: ApiContext, given: Given<never, never>) => Promise<unknown>;
}

/** An operation whose parts fit together: what is parsed is what it takes, what it answers is what it says. */
export function defineOperation<Query extends z.ZodObject, Answer extends z.ZodType, Body = undefined>(
  operation: Omit<Operation, "query" | "body" | "answer" | "answerTo"> & {
    readonly query: Query;
    readonly body?: z.ZodType<Body>;
    readonly answer: Answer;
    readonly answerTo: (
      look: ApiContext,
      given: Given<z.output<Query>, Body>,
    ) => Promise<Readonly<z.output<Answer>> | Refusal>;
  },
): Operation {
  return operation;
}

/** Whether an answer is a no. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "refused" in answer;
}

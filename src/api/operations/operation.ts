import { z } from "zod";

import type { Configuration } from "../../config/index.ts";
import type { Caller } from "../access/caller.ts";
import type { Identity } from "../access/identity.ts";
import type { ApiContext } from "../bridge.ts";

/** A refusal. */
export type Refusal =
  | {
      readonly refused: 401 | 403 | 404 | 409 | 429;
      readonly message: string;
      /** Seconds, with 429. */
      readonly retryAfter?: number;
      /** The place of an ended alert in the history, with 404; missing for other things. */
      readonly history?: string | null;
    }
  /** The body has the right shape, but an impossible content. */
  | {
      readonly refused: 400;
      readonly faults: readonly { readonly path: string; readonly message: string }[];
    };

/** An answer that puts a cookie into the browser. */
export interface WithCookie<Answer> {
  /** The value of `set-cookie`. */
  readonly cookie: string;
  readonly answer: Answer;
}

/** A parsed request. */
export interface Given<Query, Body> {
  readonly query: Query;
  readonly body: Body;
  /** The value of `{id}` in the path; "" without one. */
  readonly id: string;
  readonly caller: Caller;
  readonly identity: Identity;
  /** Aborts when the caller goes: long work ends then. */
  readonly gone: AbortSignal;
}

/** For operations that take no parameters. */
export const NO_QUERY = z.strictObject({});

/** One operation: routes and their description are made of this table. */
export interface Operation {
  /** A name for programs, unique. */
  readonly operationId: string;
  readonly method: "get" | "post" | "delete";
  /** The right that it needs; by default `read` for `get`, else `write`. */
  readonly access?: "none" | "read" | "write";
  /** Whether the configuration lets those who may read do this as well. */
  readonly isReadable?: (configuration: Configuration) => boolean;
  /** Below `/api/v1`; may hold `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** Statuses of its refusals. */
  readonly refusals?: readonly (404 | 409 | 429)[];
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
    ) => Promise<Readonly<z.output<Answer>> | WithCookie<Readonly<z.output<Answer>>> | Refusal>;
  },
): Operation {
  return operation;
}

/** Whether an answer is a refusal. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "refused" in answer;
}

/** Whether an answer comes with a cookie. */
export function isWithCookie(answer: unknown): answer is WithCookie<unknown> {
  return typeof answer === "object" && answer !== null && "cookie" in answer && "answer" in answer;
}

/** The right that an operation needs. */
export function accessOf({ access, method }: Operation): "none" | "read" | "write" {
  return access ?? (method === "get" ? "read" : "write");
}

import type { Problem } from "../../src/api/schemas/problem.ts";
import { parseForeign } from "../model/parse-foreign.ts";

/** An answer that is no 2xx, or none at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** 0 when nothing answered. */
  readonly status: number;
  readonly faults: NonNullable<Problem["faults"]>;
  /** Of the body of a refusal: `history` of an alert that has ended. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, body: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.body = body;
    // The bridge gives every refusal the form of a Problem; another server before it may not.
    this.faults = Array.isArray(body["faults"]) ? (body["faults"] as NonNullable<Problem["faults"]>) : [];
  }
}

/** Asks the bridge. @param path Below `/api/v1`, with its query. @throws {ApiError} */
export function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return request<Answer>(path, { ...(signal && { signal }) });
}

/** Sends a body to the bridge. @param path Below `/api/v1`, with its query. @throws {ApiError} */
export function send<Answer>(
  method: "POST" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  return request<Answer>(path, {
    method,
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { ...init, cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError(0, "the bridge does not answer");
  }
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  // The bridge and this page are of one build, and its tests hold every answer to its schema.
  return (text === "" ? undefined : parseForeign(text)) as Answer;
}

function refusal(status: number, text: string): ApiError {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "error" in body && typeof body.error === "string") {
      return new ApiError(status, body.error, body);
    }
  } catch {
    // A proxy's page: its status says enough.
  }
  return new ApiError(status, `the answer has status ${status}`);
}

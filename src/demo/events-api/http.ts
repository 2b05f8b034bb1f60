import type { IncomingMessage, ServerResponse } from "node:http";

import { badRequest, refusal, StatusError } from "./status.ts";

/** The API server's own limit of a request. */
const MOST_BODY_BYTES = 3 * 1024 * 1024;

/**
 * Reads and parses the body of a request.
 *
 * @throws {StatusError} 400 when it is not JSON, 413 above 3 MiB.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A request without an encoding yields buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) {
      throw refusal(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MOST_BODY_BYTES}`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw badRequest(
      `the object provided is unrecognized (must be of type Event): couldn't get version/kind; json parse error: ${why}`,
    );
  }
}

/** Answers with JSON; a text is sent unchanged. */
export function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { "Content-Type": "application/json" });
  response.end(typeof body === "string" ? body : `${JSON.stringify(body)}\n`);
}

/** Answers with the Status of a refusal; any other error is a 500. */
export function sendError(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error =
    thrown instanceof StatusError
      ? thrown
      : refusal(500, "InternalError", `Internal error occurred: ${String(thrown).slice(0, 256)}`);
  const wait = error.status.details?.retryAfterSeconds;
  if (wait !== undefined) response.setHeader("Retry-After", String(wait));
  sendJson(response, error.status.code, error.status);
}

import { gzip } from "node:zlib";

import type { NextFunction, Request, Response } from "express";

/** Smaller texts fit into one packet anyway; bytes, about. */
const LEAST_LENGTH = 1024;
/** A list of 500 alerts shrinks to a tenth; higher levels gain little. */
const LEVEL = 3;

/** Compresses texts that are sent whole, for callers that take gzip; on a helper thread. A stream passes as it is. */
export function compressAnswers(request: Request, response: Response, next: NextFunction): void {
  const send = response.send.bind(response);
  response.send = (body: unknown) => {
    if (typeof body !== "string" || body.length < LEAST_LENGTH) return send(body);
    response.vary("accept-encoding");
    if (request.acceptsEncodings("gzip", "identity") !== "gzip") return send(body);
    gzip(body, { level: LEVEL }, (error, packed) => {
      if (error === null) response.set("content-encoding", "gzip");
      send(error === null ? packed : body);
    });
    return response;
  };
  next();
}

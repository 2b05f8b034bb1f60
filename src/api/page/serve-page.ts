import { hash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Request, RequestHandler, Response } from "express";

import { onlyAllow } from "../answers.ts";
import { type PageFile, pageFileOf } from "./page-file.ts";
import { PAGE_POLICY, RUNBOOK_POLICY } from "./page-policy.ts";
import { type EncodedFile, type Encoding, ENCODINGS, readEncoded } from "./read-encoded.ts";

/** `dist/web` of the package: three folders up from src/api/page as from dist/api/page. */
export const PAGE_FOLDER = fileURLToPath(new URL("../../../dist/web", import.meta.url));

const NOT_BUILT = "The page is not built. Run in the folder of the program: npm run build\n";

const refuseMethod = onlyAllow("GET, HEAD");

/**
 * Answers the paths of the web page from its folder, and passes on all others. The page holds no data, so everyone may
 * have it. Files are read at each request: a page that is built anew needs no restart.
 */
export function servePage(options: {
  readonly folder: string;
  /** Whether there is a page; asked at every request. */
  readonly isOn: () => boolean;
}): RequestHandler {
  return async (request, response, next) => {
    const file = options.isOn() ? pageFileOf(request.path) : undefined;
    if (file === undefined) {
      next();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuseMethod(request, response);
      return;
    }
    const encoded = await readEncoded(join(options.folder, file.name), acceptedBy(request));
    if (encoded !== undefined) sendFile(response, file, encoded);
    else if (/\bindex\.html$/u.test(file.name)) sendNotBuilt(response);
    else next();
  };
}

function acceptedBy(request: Request): readonly Encoding[] {
  return ENCODINGS.filter((encoding) => request.acceptsEncodings(encoding) === encoding);
}

/** Express answers 304 where the caller has the same. */
function sendFile(
  response: Response,
  { type, isImmutable, isRunbook = false }: PageFile,
  { body, encoding }: EncodedFile,
): void {
  response.set({
    "content-security-policy": isRunbook ? RUNBOOK_POLICY : PAGE_POLICY,
    "cache-control": isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    // Of what is sent: each encoding has its own.
    etag: `"${hash("sha256", body, "base64url").slice(0, 22)}"`,
    vary: "accept-encoding",
  });
  if (encoding !== undefined) response.set("content-encoding", encoding);
  response.type(type).send(body);
}

function sendNotBuilt(response: Response): void {
  response.status(404).set("cache-control", "no-store").type("text").send(NOT_BUILT);
}

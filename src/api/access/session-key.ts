import type { NextFunction, Request, Response } from "express";

import { TocsinError } from "../../lib/errors.ts";
import { sendProblem } from "../answers.ts";
import { hasSession } from "./session-cookie.ts";

/** The key of sessions, read from the store when it is first needed. */
export class SessionKey {
  readonly #keep: () => Promise<Uint8Array>;
  #key: Uint8Array | undefined;

  /** @param keep Reads it from the store. */
  constructor(keep: () => Promise<Uint8Array>) {
    this.#keep = keep;
  }

  /** Undefined until it was loaded. */
  get current(): Uint8Array | undefined {
    return this.#key;
  }

  /** @throws {TocsinError} ERR_STORE. */
  async load(): Promise<Uint8Array> {
    this.#key ??= await this.#keep();
    return this.#key;
  }

  /** Before everything that asks for access: loads the key for a request that shows a session. */
  readonly prepare = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      if (hasSession(request.get("cookie") ?? "")) await this.load();
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
      sendProblem(response, 503, { error: "the store does not answer; the log and /readyz say more" });
      return;
    }
    next();
  };
}

import type { RequestHandler } from "express";

import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { reportForgedUsers } from "./report-forged-users.ts";
import { SessionDesk } from "./session-desk.ts";
import { SessionKey } from "./session-key.ts";

/** Access to everything that is not open to all. */
export interface Guard {
  /** The rules of now. */
  readonly access: () => AccessPolicy;
  /** Handlers that come before every route that asks for access. */
  readonly before: readonly RequestHandler[];
  readonly desk: SessionDesk;
}

/** Makes the guard of a server. */
export function createGuard(options: {
  readonly access: () => AccessPolicy;
  /** Reads the key of sessions from the store. @throws {TocsinError} ERR_STORE. */
  readonly sessionKey: () => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly log: Logger;
}): Guard {
  const { access, clock, log } = options;
  const key = new SessionKey(options.sessionKey);
  return {
    access: () => {
      const { current } = key;
      return { ...access(), sessions: current && { key: current, now: clock.now() } };
    },
    before: [reportForgedUsers(access, clock, log), key.prepare],
    desk: new SessionDesk({ access, key: () => key.load(), clock, log }),
  };
}

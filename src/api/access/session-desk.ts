import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { AccessPolicy } from "./access-policy.ts";
import type { Caller } from "./caller.ts";
import { FailureLimit } from "./failure-limit.ts";
import { type Identity, identify } from "./identity.ts";
import { isSameOrigin } from "./own-page.ts";
import { isSessionHost, sealSession, sessionCookie } from "./session-cookie.ts";
import { rightOfToken } from "./tokens.ts";

/** How late a wrong token is answered. */
const FAILURE_MS = 300;

/** The result of a wish for a session, or for its end. */
export type SessionOutcome =
  /** `cookie` is the value of `set-cookie`; `identity` that of the caller from now on. */
  | { readonly ok: true; readonly cookie: string; readonly identity: Identity }
  | {
      readonly ok: false;
      readonly status: 401 | 403 | 429;
      readonly message: string;
      /** Seconds, with 429. */
      readonly retryAfter?: number;
    };

/** Collaborators of a desk. */
export interface SessionDeskOptions {
  /** The rules of now, without a key. */
  readonly access: () => AccessPolicy;
  /** The key of sessions. @throws {TocsinError} ERR_STORE. */
  readonly key: () => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Gives sessions for tokens. */
export class SessionDesk {
  readonly #options: SessionDeskOptions;
  readonly #failures = new FailureLimit();

  constructor(options: SessionDeskOptions) {
    this.#options = options;
  }

  /** @param token As somebody gave it: blanks around it are no part of it. A right one is never refused for wrong ones. */
  async open(caller: Caller, token: string): Promise<SessionOutcome> {
    const { access, key, clock } = this.#options;
    const policy = access();
    const fault = faultOf(caller, policy);
    if (fault !== "") return { ok: false, status: 403, message: fault };
    const given = token.trim();
    if (rightOfToken(given, policy) === undefined) return this.#refuse(caller.peer);
    const sessions = { key: await key(), now: clock.now() };
    const value = sealSession(given, sessions);
    const cookie = sessionCookie(value, caller.host, policy.publicUrl);
    const then = { ...caller, cookie: cookie.slice(0, cookie.indexOf(";")) };
    return { ok: true, cookie, identity: identify(then, { ...policy, sessions }) };
  }

  /** Ends a session in the browser that asks. */
  close(caller: Caller): SessionOutcome {
    const policy = this.#options.access();
    const fault = faultOf(caller, policy);
    if (fault !== "") return { ok: false, status: 403, message: fault };
    const cookie = sessionCookie("", caller.host, policy.publicUrl);
    return { ok: true, cookie, identity: identify({ ...caller, cookie: "" }, policy) };
  }

  async #refuse(peer: string): Promise<SessionOutcome> {
    const { clock, log } = this.#options;
    const waitMs = this.#failures.waitMs(peer, clock.monotonic());
    const failures = this.#failures.add(peer, clock.monotonic());
    await clock.sleep(FAILURE_MS);
    if (waitMs === 0) {
      if (failures === 1) log.warn("a session was asked for with an unknown token", { peer });
      return { ok: false, status: 401, message: "unknown token" };
    }
    const retryAfter = Math.ceil(waitMs / 1000);
    return { ok: false, status: 429, message: "too many unknown tokens from this address", retryAfter };
  }
}

function faultOf(caller: Caller, { publicUrl }: AccessPolicy): string {
  const isOwn = isSameOrigin(caller, publicUrl) && ["", "same-origin", "none"].includes(caller.fetchSite);
  if (!isOwn) return "pages of other sites may change nothing";
  if (isSessionHost(caller.host, publicUrl)) return "";
  return "sessions hold only at server.publicUrl and on this machine: ask at one of these, or name this address there";
}

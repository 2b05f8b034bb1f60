import type { RequestHandler } from "express";

import { BoundedMap } from "../../lib/bounded-map.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { callerOf } from "./caller.ts";
import { proxyClaimOf } from "./proxy-claim.ts";

const EVERY_MS = 60_000;
const MOST_PEERS = 256;

/** Writes to the log who claims to be somebody without being the proxy, once a minute for each address. */
export function reportForgedUsers(access: () => AccessPolicy, clock: Clock, log: Logger): RequestHandler {
  const reported = new BoundedMap<string, number>(MOST_PEERS);
  return (request, _response, next) => {
    const caller = callerOf(request);
    const claim = proxyClaimOf(caller, access().proxy);
    const now = clock.monotonic();
    if (claim.kind === "refused" && now - (reported.get(caller.peer) ?? -Infinity) >= EVERY_MS) {
      reported.set(caller.peer, now);
      log.warn("headers of a proxy were refused", { peer: caller.peer, reason: claim.message });
    }
    next();
  };
}

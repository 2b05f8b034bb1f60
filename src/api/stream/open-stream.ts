import type { Request, RequestHandler } from "express";
import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import type { AccessPolicy } from "../access/access-policy.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import { verdictOn } from "../access/require-access.ts";
import { sendProblem } from "../answers.ts";
import { leaveGuard } from "../connection-guard.ts";
import { parseQuery, sendFaults } from "../requests.ts";
import { STREAM_TOPICS, type StreamTopic } from "../schemas/stream.ts";
import type { StreamHub } from "./stream-hub.ts";

const HEAD = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // nginx and its likes would keep events back, https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
  "x-accel-buffering": "no",
  // The connection left its guard, so it carries no further request.
  connection: "close",
};
const RETRY_AFTER_SECONDS = 30;

/** Parameters of `GET /stream`. */
export const StreamQuery = strict({
  topics: z
    .string()
    .regex(new RegExp(`^(?:${STREAM_TOPICS.join("|")})(?:,(?:${STREAM_TOPICS.join("|")}))*$`, "u"), {
      message: `expected some of ${STREAM_TOPICS.join(",")}, with commas between them`,
    })
    .optional()
    .describe(`Only these: some of ${STREAM_TOPICS.map((topic) => `\`${topic}\``).join(", ")}, with commas.`),
  after: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("The id of the newest event that the client has; the header `Last-Event-ID` goes before it."),
});

/** `GET /stream`. */
export function openStream(hub: StreamHub, access: () => AccessPolicy): RequestHandler {
  return (request, response) => {
    const { value, faults } = parseQuery(StreamQuery, request);
    if (value === undefined) {
      sendFaults(response, faults);
      return;
    }
    const caller = callerOf(request);
    // A page of another site cannot read it, but would take the places of others.
    if (caller.fetchSite === "cross-site") {
      sendProblem(response, 403, { error: "pages of other sites may open no stream" });
      return;
    }
    const peer = limitedPeer(caller, access());
    if (!hub.hasRoomFor(peer)) {
      response.set("retry-after", String(RETRY_AFTER_SECONDS));
      sendProblem(response, 503, { error: "there are too many streams already; ask for lists meanwhile" });
      return;
    }
    response.writeHead(200, HEAD);
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    leaveGuard(response);
    hub.open(response, {
      peer,
      topics: topicsIn(value.topics),
      after: lastEventId(request) ?? value.after,
      mayStay: () => verdictOn(request, "read", access()).allowed,
    });
  };
}

/** The address that is allowed some streams; undefined for the proxy, which speaks for many. */
function limitedPeer({ peer }: Caller, { proxy }: AccessPolicy): string | undefined {
  return proxy?.from.has(peer) === true ? undefined : peer;
}

function topicsIn(text: string | undefined): ReadonlySet<StreamTopic> {
  if (text === undefined) return new Set(STREAM_TOPICS);
  const named = new Set(text.split(","));
  return new Set(STREAM_TOPICS.filter((topic) => named.has(topic)));
}

/** A browser sends it when it comes back, with the URL of its first request. */
function lastEventId(request: Request): string | undefined {
  const id = request.get("last-event-id");
  return id === "" ? undefined : id;
}

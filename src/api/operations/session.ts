import type { SessionOutcome } from "../access/session-desk.ts";
import { Me, SessionRequest } from "../schemas/session.ts";
import { toMe } from "../views/me.ts";
import { defineOperation, type Given, NO_QUERY, type Refusal, type WithCookie } from "./operation.ts";

/** `GET /me`. */
export const getMe = defineOperation({
  operationId: "getMe",
  method: "get",
  access: "none",
  path: "/me",
  summary: "Who asks, and the rights of this caller",
  query: NO_QUERY,
  answer: Me,
  answerTo: async ({ access }, { identity, caller }) => toMe(identity, caller, access()),
});

/** `POST /session`. */
export const openSession = defineOperation({
  operationId: "openSession",
  method: "post",
  access: "none",
  path: "/session",
  summary: "A session for a browser, in exchange for a token",
  description:
    "The answer sets a cookie that no script can read. A wrong token is answered late, and after five within a minute with 429.",
  query: NO_QUERY,
  body: SessionRequest,
  answer: Me,
  refusals: [429],
  answerTo: async (context, given) =>
    answerOf(await context.desk.open(given.caller, given.body.token), context, given),
});

/** `DELETE /session`. */
export const closeSession = defineOperation({
  operationId: "closeSession",
  method: "delete",
  access: "none",
  path: "/session",
  summary: "End the session in this browser",
  query: NO_QUERY,
  answer: Me,
  answerTo: async (context, given) => answerOf(context.desk.close(given.caller), context, given),
});

function answerOf(
  outcome: SessionOutcome,
  { access }: { readonly access: () => Parameters<typeof toMe>[2] },
  { caller }: Pick<Given<unknown, unknown>, "caller">,
): WithCookie<Me> | Refusal {
  if (outcome.ok) return { cookie: outcome.cookie, answer: toMe(outcome.identity, caller, access()) };
  const { status, message, retryAfter } = outcome;
  return { refused: status, message, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

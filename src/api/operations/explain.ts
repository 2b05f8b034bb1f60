import { liveStateFrom } from "../../alert/index.ts";
import { objectKey } from "../../event/index.ts";
import { explainEvent, readHandwritten, readOwners, withLabels } from "../../explain/index.ts";
import { Explanation, ExplainRequest } from "../schemas/explanation.ts";
import { toExplanation } from "../views/explanation.ts";
import { findRecentEvent } from "./find-recent-event.ts";
import { readLiveState } from "./live-state.ts";
import { defineOperation, NO_QUERY } from "./operation.ts";

/** `POST /explain`. */
export const explain = defineOperation({
  operationId: "explain",
  method: "post",
  access: "read",
  path: "/explain",
  summary: "The result of an Event, with reasons",
  description: "Uses the rules, routes, silences and open alerts of this moment. It changes nothing.",
  query: NO_QUERY,
  body: ExplainRequest,
  answer: Explanation,
  refusals: [404],
  answerTo: async ({ clock, configuration, queries, ring, seenState, messagesToCome }, { body }) => {
    const { policy } = configuration();
    const { labels = {}, namespaceLabels = {} } = body;
    const given =
      "id" in body ? await findRecentEvent(body.id, ring()) : readHandwritten(body.event, policy.cluster);
    if (given === undefined) {
      const shown = "id" in body ? JSON.stringify(body.id) : "";
      return { refused: 404, message: `no Event ${shown}: it may be forgotten` };
    }
    const event = withLabels(given, { labels, namespaceLabels });
    const owners = await readOwners(objectKey(event), (objects) => queries.owners(objects));
    const now = clock.now();
    // Which alerts it leads to is known before their state is.
    const { alerts } = explainEvent(policy, event, { owners, live: liveStateFrom(policy), now });
    const live = await readLiveState({ queries, messagesToCome }, policy, alerts);
    return toExplanation(explainEvent(policy, event, { owners, live, now }), { seenState, now });
  },
});

import { liveStateFrom } from "../../alert/index.ts";
import { normalise, objectKey } from "../../event/index.ts";
import { explainEvent, readOwners } from "../../explain/index.ts";
import { Explanation, ExplainRequest } from "../schemas/explanation.ts";
import { toExplanation } from "../views/explanation.ts";
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
  answerTo: async ({ clock, configuration, queries }, { body }) => {
    const metadata = typeof body.event["metadata"] === "object" ? body.event["metadata"] : {};
    // An Event written by hand has no version yet.
    const { policy } = configuration();
    const event = normalise(
      { ...body.event, metadata: { resourceVersion: "1", ...metadata } },
      policy.cluster,
    );
    const surroundings = await readOwners(objectKey(event), (objects) => queries.owners(objects));
    const now = clock.now();
    // Which alerts it leads to is known before their state is.
    const { alerts } = explainEvent(policy, event, { surroundings, situation: liveStateFrom(policy), now });
    const situation = await readLiveState(queries, policy, alerts);
    const explanation = explainEvent(policy, event, { surroundings, situation, now });
    return toExplanation(explanation);
  },
});

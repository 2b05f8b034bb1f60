import { systemClock } from "../../lib/clock.ts";
import { momentOf } from "../schemas/fields.ts";
import { Trial, TrialRequest } from "../schemas/playground.ts";
import { toTrial } from "../views/trial.ts";
import { defineOperation, NO_QUERY } from "./operation.ts";

/** `POST /playground`. */
export const tryRules = defineOperation({
  operationId: "tryRules",
  method: "post",
  isReadable: ({ process: { server } }) =>
    typeof server.page === "object" && server.page.playground === "read",
  path: "/playground",
  summary: "Rules on the Events of the last hour, and how they differ from those in use",
  description:
    "The rules take the places of those in use with the same names; routes and holds of the configuration apply, silences that people made do not. Nothing changes, and nobody is told. At most 20,000 Events, ten seconds and 256 MiB in a thread of its own, one trial at a time. Needs a write token, unless `server.page.playground` is `read`.",
  query: NO_QUERY,
  body: TrialRequest,
  answer: Trial,
  refusals: [409],
  answerTo: async ({ playground, clock, scrub }, { body: { rules, since } }) => {
    const now = clock.now();
    // Real milliseconds, also where the clock of the service is faster.
    const begun = systemClock.monotonic();
    const trial = await playground.play({ rules, since: momentOf(since, now) });
    if (trial === "busy") return { refused: 409, message: "another trial runs; ask again when it has ended" };
    return toTrial(trial, { now, ms: Math.round(systemClock.monotonic() - begun), scrub });
  },
});

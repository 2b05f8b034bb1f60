import { type Silence, standingOf } from "../../alert/index.ts";
import { check } from "../../lib/schema.ts";
import { unusedId } from "../../lib/unused-id.ts";
import { dotted } from "../../lib/yaml-file.ts";
import type { ApiContext } from "../bridge.ts";
import { answer, type Operation, refuse } from "./answer.ts";
import { inOrder, toGettableSilence } from "./gettable-silence.ts";
import { isSameMatcher } from "./matcher.ts";
import { obstacleOf, planSilence } from "./plan-silence.ts";
import { PostableSilence } from "./postable-silence.ts";
import { flagOf, matchersOf } from "./query.ts";

/** `GET /silences`. A filter finds the silences that have this very matcher, as in Alertmanager 0.35. */
export const listSilences: Operation = async ({ queries, clock }, { query }) => {
  const wanted = matchersOf(query, "filter");
  const states = new Set(["active", "pending", "expired"].filter((state) => flagOf(query, state)));
  const now = clock.now();
  const silences = (await queries.silences())
    .filter((silence) => states.has(standingOf(silence, now).state))
    .map((silence) => toGettableSilence(silence, now))
    .filter(({ matchers }) =>
      wanted.every(({ matcher }) => matchers.some((own) => isSameMatcher(own, matcher))),
    );
  return answer(inOrder(silences));
};

/** `GET /silence/{id}`. */
export const getSilence: Operation = async (context, { id }) => {
  const known = await find(context, id);
  return known === undefined ? { status: 404 } : answer(toGettableSilence(known, context.clock.now()));
};

/** `POST /silences`: makes a silence, or changes the one whose id it has. */
export const postSilence: Operation = async (context, { body, user }) => {
  const { value: asked, faults } = check(PostableSilence, body);
  if (asked === undefined)
    return refuse(400, faults.map(({ path, message }) => `${dotted(path)}: ${message}`).join("; "));
  const all = await context.queries.silences();
  const { labelNames, rules } = context.configuration().policy.rules;
  const plan = planSilence(user === null ? asked : { ...asked, createdBy: user }, {
    all,
    freeId: unusedId(all),
    labels: { names: labelNames, rules: new Set(rules.map(({ name }) => name)), cluster: context.cluster },
    now: context.clock.now(),
  });
  if ("refusal" in plan) return refuse(plan.status, plan.refusal);
  await context.silence({ kind: "silence", silence: plan.silence });
  // After the new one holds, so that nothing is told in between.
  if (plan.replaces !== undefined) await context.silence({ kind: "unsilence", id: plan.replaces });
  return answer({ silenceID: plan.silence.id });
};

/** `DELETE /silence/{id}`: ends it now. This API has words for a refusal with status 500 alone. */
export const deleteSilence: Operation = async (context, { id }) => {
  const known = await find(context, id);
  if (known === undefined) return { status: 404 };
  if (known.origin !== "api") return refuse(500, obstacleOf(known) ?? "");
  await context.silence({ kind: "unsilence", id });
  return { status: 200 };
};

async function find({ queries }: Pick<ApiContext, "queries">, id: string): Promise<Silence | undefined> {
  return (await queries.silences()).find((silence) => silence.id === id);
}

import { answer, type Operation } from "./answer.ts";
import { allHold, matchersOf } from "./query.ts";

/** `GET /receivers`: the sinks. They have no labels. */
export const listReceivers: Operation = ({ configuration }, { query }) => {
  const takesAll = allHold(matchersOf(query, "receiver_matchers"))({});
  return answer(takesAll ? configuration().sinks.map(({ name }) => ({ name, labels: {} })) : []);
};

import type { ApiContext } from "../bridge.ts";
import { ActiveSilences } from "./active-silences.ts";
import { readAlertFilter } from "./alert-filter.ts";
import type { Answer, Operation } from "./answer.ts";
import { MOST_WHOLE, readFiring } from "./firing.ts";
import { type AlertSurroundings, toGettableAlert } from "./gettable-alert.ts";
import { toJsonText } from "./json-text.ts";
import { mutedRoutes } from "./muted-routes.ts";
import { flagOf } from "./query.ts";
import { type SinkGroup, sortIntoGroups } from "./sort-into-groups.ts";

/** A group with the names of the intervals that mute it. */
type MutableGroup = SinkGroup & { readonly mutedBy: readonly string[] };

/** `GET /alerts/groups`: one group for each group of Tocsin and sink. */
export const listAlertGroups: Operation = async (context, { query }): Promise<Answer> => {
  const filter = readAlertFilter(query);
  const showsMuted = flagOf(query, "muted");
  const { queries, conditionOf, asTold, configuration, clock } = context;
  const now = clock.now();
  const silences = new ActiveSilences(await queries.silences(), now);
  const surroundings = { conditionOf, asTold, configuration, silences, now };
  const muted = mutedRoutes(configuration().policy, now);
  const groups = (await sortIntoGroups(queries, filter, surroundings))
    .map((group) => ({ ...group, mutedBy: muted.get(group.route) ?? [] }))
    .filter(({ mutedBy }) => showsMuted || mutedBy.length === 0);
  return { parts: partsOf(queries, groups, surroundings) };
};

async function* partsOf(
  queries: ApiContext["queries"],
  groups: readonly MutableGroup[],
  surroundings: AlertSurroundings,
): AsyncIterable<string> {
  let open: MutableGroup | undefined;
  let separator = "[";
  for (const page of pagesOf(groups)) {
    const alerts = await readFiring(queries, [...new Set(page.map(({ fingerprint }) => fingerprint))]);
    for (const { group, fingerprint } of page) {
      const alert = alerts.get(fingerprint);
      // It has ended meanwhile. A group begins with its first alert, so that none is empty.
      if (alert === undefined) continue;
      const shown = toJsonText(toGettableAlert(alert, surroundings, group.mutedBy));
      if (group === open) yield `,${shown}`;
      else yield `${open === undefined ? "" : "]}"}${separator}${headOf(group)}${shown}`;
      open = group;
      separator = ",";
    }
  }
  yield open === undefined ? "[]" : "]}]";
}

/** A group up to its first alert. Tocsin's routes have no labels. */
function headOf({ labels, receiver }: SinkGroup): string {
  const head = toJsonText({ labels, routeLabels: {}, receiver: { name: receiver } });
  return `${head.slice(0, -1)},"alerts":[`;
}

/** The alerts of all groups one after the other, as many at once as are read at once. */
function* pagesOf(
  groups: readonly MutableGroup[],
): Iterable<readonly { readonly group: MutableGroup; readonly fingerprint: string }[]> {
  let page: { readonly group: MutableGroup; readonly fingerprint: string }[] = [];
  for (const group of groups) {
    for (const fingerprint of group.fingerprints) {
      page.push({ group, fingerprint });
      if (page.length < MOST_WHOLE) continue;
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

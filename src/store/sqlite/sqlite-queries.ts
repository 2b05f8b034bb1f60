import type { Kept, Queries } from "../queries.ts";
import { createDeliveryList } from "./delivery-list.ts";
import { createEndedList } from "./ended-list.ts";
import { createEntityLists } from "./entity-lists.ts";
import { inStrides } from "./in-strides.ts";
import type { Past } from "./kept-rows.ts";
import { createQueueDepths } from "./queue-depths.ts";
import { createSomeDeliveries } from "./some-deliveries.ts";
import type { SqliteFile } from "./sqlite-file.ts";

/** Creates the queries of a file. Long questions are read in strides, each other one at once. */
export function createSqliteQueries(file: SqliteFile): Queries {
  const { connection, tables } = file;
  const { database } = connection;
  const lists = createEntityLists(database);
  const depths = createQueueDepths(database);
  const deliveries = createDeliveryList(database, (seq) => tables.records.isSending(seq));
  const some = createSomeDeliveries(database);
  const history = createEndedList(database, (work) => file.read(work));
  return {
    alerts: async (query) => file.read(() => lists.alerts(query)),
    cursorBehind: ({ openedAt, fingerprint }) => [openedAt, fingerprint],
    labels: async (query) => file.read(() => lists.labels(query)),
    alertCounts: async () => file.read(() => lists.alertCounts()),
    groups: async (query) => file.read(() => lists.groups(query)),
    groupsByKey: async (keys, fingerprints) => file.read(() => lists.groupsByKey(keys, fingerprints)),
    groupCount: async () => file.read(() => lists.groupCount()),
    groupAlerts: async (keys, mostFingerprints) =>
      file.read(() => new Map(keys.map((key) => [key, lists.groupAlerts(key, mostFingerprints)]))),
    silences: async () => file.read(() => lists.silences()),
    owners: async (objects) => file.read(() => tables.owners.find(objects)),
    deliveries: async (query) => file.read(() => deliveries.list(query)),
    deliveriesById: async (ids) => file.read(() => some.byId(ids)),
    deadOfGroups: async (keys) => file.read(() => some.deadOfGroups(keys)),
    titledDeliveries: async (ids) => file.read(() => deliveries.byId(ids)),
    decisions: async (query) => file.read(() => tables.decisions.list(query)),
    history: (query) => history.list(query),
    ended: async (id) => history.get(id),
    activity: (query) => inStrides(tables.activity.list(query), (work) => file.read(work)),
    decisionCounts: async (since) => file.read(() => tables.decisions.counts(since)),
    ruleDecisions: (since) => inStrides(tables.decisions.byRule(since), (work) => file.read(work)),
    kept: async () => file.read(() => keptIn(file)),
    deadLetters: async (query) => file.read(() => tables.deadLetters.list(query)),
    depths: async () => file.read(depths),
    usedBytes: async () => file.read(() => connection.usedBytes()),
  };
}

/** Before the first trim nothing says since when. */
function keptIn({ tables: { kept }, historyForMs, clock }: SqliteFile): Kept {
  const now = clock.now();
  const since = (past: Past): number => kept.since(past) ?? now;
  const ofHistory = (past: Past): number | undefined =>
    historyForMs === 0 ? undefined : Math.max(since(past), now - historyForMs);
  return { history: ofHistory("ended"), activity: ofHistory("activity"), decisions: since("decision") };
}

export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/sqlite-store.ts";
export { lookAtStateFile, type StateFileLook } from "./sqlite/look-at-file.ts";
export type { StateDamage } from "./sqlite/state-file.ts";
export type { Cursor, DecisionRow, DeliveryRow, Page } from "./queries.ts";
export type {
  DeadLetter,
  LeasedDelivery,
  LeasedRecord,
  LeaseQuery,
  LoadedState,
  OverdueDelivery,
  QueueDepth,
  AttemptResult,
  Store,
} from "./store.ts";

export type { Bell, Topic } from "./bell.ts";
export type { Command, Commands } from "./commands.ts";
export { giveCommand } from "./give-command.ts";
export { holdPatiently } from "./hold-patiently.ts";
export { type HeldWork, Holder } from "./holder.ts";
export type { EngineStore, RefusedRecords } from "./engine-store.ts";
export {
  type AttemptResult,
  type FallenBack,
  type Leased,
  type LeasedDelivery,
  type LeasedRecord,
  type LeaseQuery,
  NO_LEASE,
  type Outbox,
  type OverdueDelivery,
} from "./outbox.ts";
export type {
  ActivityRow,
  AlertCount,
  AlertQuery,
  Cursor,
  DeadLetter,
  DecisionCount,
  DecisionRow,
  DeliveryQuery,
  DeliveryRow,
  EndedRow,
  GroupAlerts,
  LabelledAlert,
  Page,
  Queries,
  QueueDepth,
  RuleDecisions,
} from "./queries.ts";
export { lookAtStateFile, type StateFileLook } from "./sqlite/look-at-file.ts";
export type { SqliteStoreOptions } from "./sqlite/sqlite-file.ts";
export type { CopyOptions } from "./sqlite/daily-copy.ts";
export type { CopyOutcome } from "./sqlite/make-copy.ts";
export { openSqliteStore } from "./sqlite/sqlite-host.ts";
export type { StateDamage } from "./sqlite/state-damage.ts";
export type {
  DeadLetterActions,
  EngineHolding,
  Holding,
  House,
  HouseHolding,
  SharedKeys,
  SinkHolding,
  StoreHost,
} from "./store-host.ts";

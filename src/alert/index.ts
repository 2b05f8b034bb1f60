export {
  type Changes,
  type Decision,
  type DeliveryOutcome,
  NO_CHANGES,
  type NewDelivery,
  type NewRecord,
} from "./changes.ts";
export type { EventRecord, Notification, NotifiedAlert, NotifiedObject, WireEvent } from "./notification.ts";
export type { AlertState, GroupState, OwnerRow, RuleRow } from "./state.ts";

export { canTeachOwner, learnOwner } from "./tracking/owners.ts";
export {
  type Changes,
  type DeliveryOutcome,
  NO_CHANGES,
  type NewDelivery,
  type NewRecord,
} from "./changes.ts";
export type { SinkLoad } from "./dispatch/sink-load.ts";
export { Engine } from "./engine.ts";
export type { EngineInput, LearnedOwner } from "./engine-input.ts";
export type { Entity, EntityChanges, EntityColumns, EntityKey, StoredEntity } from "./entity.ts";
export { type AlertPreview, previewAlert } from "./preview/explain.ts";
export { type LiveState, liveStateFrom } from "./preview/live-state.ts";
export type { EventRecord, Notification, NotifiedAlert, NotifiedObject, WireEvent } from "./notification.ts";
export type { EngineObserver } from "./observer.ts";
export type { Policy, SinkPolicy } from "./policy.ts";
export type { Route } from "./routing/route.ts";
export { compileRoute } from "./routing/route-spec.ts";
export type { AlertState, GroupState, OwnerRow, RuleRow } from "./state.ts";
export { compileInhibition } from "./suppression/inhibit-spec.ts";
export type { InhibitRule } from "./suppression/inhibit-rule.ts";
export { compileSilences, requestSilence, type RequestedSilence } from "./suppression/silence-spec.ts";
export { ALERT_SCHEMAS } from "./schemas.ts";
export { standingOf } from "./suppression/silence-book.ts";
export type { Annotated } from "./suppression/annotation.ts";
export type { Silence } from "./suppression/silence.ts";
export type { TimeInterval } from "./suppression/time-interval.ts";
export { compileTimeIntervals } from "./suppression/time-interval-spec.ts";
export { testNotification } from "./message/test-notification.ts";
export { toWireEvent } from "./message/wire.ts";

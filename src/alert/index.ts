export { learnOwner } from "./tracking/owners.ts";
export type { AlertCondition } from "./dispatch/alert-condition.ts";
export { compileAlerting, type CompiledAlerting } from "./compile-alerting.ts";
export {
  type Changes,
  type DeliveryOutcome,
  NO_CHANGES,
  type NewDelivery,
  type NewRecord,
} from "./changes.ts";
export type { ActivityCount } from "./activity.ts";
export type { EndedAlert, LateNews, UntoldReason } from "./ended-alert.ts";
export type { SinkLoad } from "./sink-load.ts";
export type { HeldByCause } from "./hold.ts";
export { Engine } from "./engine.ts";
export { engineStateFrom } from "./engine-state.ts";
export type { Annotated, EngineInput, EngineOptions, LearnedOwner } from "./engine-input.ts";
export type { Entity, EntityChanges, EntityColumns, EntityKey, StoredEntity } from "./entity.ts";
export type { AlertPreview } from "./preview/alert-preview.ts";
export { Preview } from "./preview/preview.ts";
export type { HeldBack } from "./preview/held-back.ts";
export { type LiveState, liveStateFrom, type SentTo } from "./preview/live-state.ts";
export {
  type EventRecord,
  type MessageText,
  type Notification,
  type NotifiedAlert,
  type NotifiedObject,
  type WireEvent,
} from "./notification.ts";
export { Ends } from "./ends.ts";
export type { NotifiedEvidence } from "./notified-evidence.ts";
export type { MessageToCome } from "./message-to-come.ts";
export type { EngineObserver } from "./observer.ts";
export type { ContainerLog, Fact, FactContext, FailedProbe, Inquiry, InquiryPurpose } from "./inquiry.ts";
export type { Choosing, InhibitRule, Policy, SinkPolicy } from "./policy.ts";
export type { SeenState } from "./seen-state.ts";
export type { RecentChange } from "./recent-change.ts";
export type { Route } from "./route.ts";
export type { AlertState, GroupState, OwnerRow, RuleRow } from "./state.ts";
export { requestSilence, type RequestedSilence } from "./suppression/silence-spec.ts";
export { ALERT_SCHEMAS } from "./schemas.ts";
export { type SilenceStanding, standingOf } from "./suppression/silence-book.ts";
export type { Silence } from "./silence.ts";
export type { TimeInterval } from "./time-interval.ts";
export { mergeNotifications } from "./message/merge.ts";
export { type NativeBody, toNativeBody } from "./message/native-body.ts";
export { ToldAlert } from "./message/told-alert.ts";
export { ownNotification } from "./message/own-notification.ts";
export { toWireEvent } from "./message/wire.ts";

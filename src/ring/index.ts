export {
  EventRing,
  type EventRingOptions,
  type RingEvent,
  type RingLimits,
  type RingPlace,
  type RingQuery,
} from "./event-ring.ts";
export { createRingGauges } from "./ring-gauges.ts";

export { GroupSilencer } from "./group-silencer.ts";
export { createDelivery, type Delivery, type DeliveryOptions } from "./delivery.ts";
export type { CircuitState } from "./circuit-breaker.ts";
export type { DestinationStatus, SinkStatus } from "./sink-status.ts";

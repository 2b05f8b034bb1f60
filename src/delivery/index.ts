export { createDelivery, type Delivery, type DeliveryOptions } from "./delivery.ts";
export type { SinkState } from "./circuit-breaker.ts";
export type { SinkStatus } from "./sink-runner.ts";

export { createDelivery, type Delivery, type DeliveryOptions } from "./delivery.ts";
export type { SinkState } from "./gate.ts";
export type { SinkStatus } from "./sink-runner.ts";

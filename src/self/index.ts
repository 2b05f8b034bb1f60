export { createHealth, type Health } from "./health.ts";
export { Heartbeat } from "./heartbeat.ts";
export { OwnEvents } from "./own-events.ts";
export { type SelfAlertSink, SelfAlertSender } from "./self-alert-sender.ts";
export { SelfMonitor } from "./self-monitor.ts";

export { createHealth } from "./health.ts";
export { Heartbeat } from "./heartbeat.ts";
export { OwnEvents } from "./own-events.ts";
export { type SelfAlertSink, SelfAlertSender, type SenderDeps } from "./self-alert-sender.ts";
export { type MonitoredParts, SelfMonitor } from "./self-monitor.ts";

export { createHealth } from "./health.ts";
export { Heartbeat } from "./heartbeat.ts";
export { OwnEvents } from "./own-events.ts";
export { SelfAlertSender } from "./self-alert-sender.ts";
export { SelfMonitor } from "./self-monitor.ts";

import { type Notification, toNativeBody } from "../alert/index.ts";
import { wellFormedJson } from "./well-formed.ts";

/** The native body of a notification as JSON that every parser takes (docs/sinks/webhook.md#the-body). */
export function nativeJson(notification: Notification): string {
  return wellFormedJson(JSON.stringify(toNativeBody(notification)));
}

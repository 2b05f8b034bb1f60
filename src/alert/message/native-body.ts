import type { MessageText, Notification } from "../notification.ts";

/** What receivers get of a notification, version 1 (docs/sinks/webhook.md#the-body): its words are one text. */
export type NativeBody = Omit<Notification, "text"> & { readonly text: string };

/** The native body of a notification. */
export function toNativeBody(notification: Notification): NativeBody {
  return { ...notification, text: joinText(notification.text) };
}

/** The words of a message as one text: those of the rule, of the sink or else Tocsin's own, then the note. */
export function joinText({ own, builtIn, note }: MessageText): string {
  return [own === "" ? builtIn : own, note].filter((part) => part !== "").join("\n");
}

import type { MessageText, Notification } from "../notification.ts";

/** A notification as JSON for receivers, version 1 (docs/sinks/webhook.md#the-body): its text is one string. */
export type NativeBody = Omit<Notification, "text" | "problem"> & { readonly text: string };

/** The native body of a notification. */
export function toNativeBody(notification: Notification): NativeBody {
  const { problem: _, ...body } = notification;
  return { ...body, text: joinText(body.text) };
}

/** Joins the parts of a text: the rule's or sink's own text, else the built-in one, then the note. */
export function joinText({ own, builtIn, note }: MessageText): string {
  return [own === "" ? builtIn : own, note].filter((part) => part !== "").join("\n");
}

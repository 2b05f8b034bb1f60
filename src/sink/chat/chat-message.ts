import type { Notification } from "../../alert/index.ts";
import { present, type Presentation } from "../present/index.ts";
import { type Mentions, mentionsOf } from "./mentions.ts";

/** The input of a message. */
export interface ChatMessage<Options> {
  /** The words, in neutral pieces. */
  readonly shown: Presentation;
  /** For ids, keys and severities: its texts are in `shown`, cleaned and bounded. */
  readonly notification: Notification;
  readonly options: Options;
  /** Of the option `mentions`, by severity; empty unless something fires. */
  readonly mentions: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The input of a message about a notification. */
export function messageOf<Options extends { readonly mentions?: Mentions | undefined }>(
  notification: Notification,
  options: Options,
  now: number,
): ChatMessage<Options> {
  const mentions = mentionsOf(options.mentions, notification);
  return { shown: present(notification, now), notification, options, mentions, now };
}

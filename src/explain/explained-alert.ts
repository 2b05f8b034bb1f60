import type { AlertState, HeldBack, MessageToCome, SentTo } from "../alert/index.ts";

/** The reason why an event leads to no message now, or to none for one sink. It is data: the view of the API makes words of it. */
export type HeldBackBy =
  | HeldBack
  | {
      /** The rule failed on the event: its identity has an expression, for example. */
      readonly reason: "failed";
      readonly error: string;
    };

/** One destination of an alert of this event. */
export interface ExplainedAlert {
  readonly rule: string;
  readonly fingerprint: string;
  /** Of a message about this alert alone; "" when the rule failed on the Event. */
  readonly title: string;
  /** "" when the rule failed on the Event. */
  readonly severity: string;
  /** By which routes, groups and silences know the alert. */
  readonly labels: Readonly<Record<string, string>>;
  /** The object state that proves its end; undefined: Events or quiet alone end it. */
  readonly proof: AlertState["proof"];
  /** "" when no sink takes it. */
  readonly route: string;
  readonly groupKey: string;
  readonly sinks: readonly string[];
  readonly heldBackBy: readonly HeldBackBy[];
  /** The open alert of a running bridge; missing when there is none. */
  readonly open?: OpenAlert;
  /** Milliseconds until the first message, if nothing else holds it back. */
  readonly waitMs: number;
  /** As `waitMs`, by sink, for the sinks of which a running bridge knows it. */
  readonly dueInMs: Readonly<Record<string, number>>;
}

/** The open alert that the event would join. */
export interface OpenAlert {
  /** Before this Event. */
  readonly alert: AlertState;
  readonly sent: readonly SentTo[];
  /** Its news in this group that sinks were not sent yet, and, while it is pending, what it waits for. */
  readonly toCome: readonly MessageToCome[];
}

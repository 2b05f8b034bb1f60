import { z } from "zod";

import { Severity } from "../../lib/severity.ts";
import { AlertAtSink, HeldBackNow } from "./alert-sinks.ts";
import { Count, Instant, pageOf, SENT_TO } from "./fields.ts";
import { MessageToCome } from "./message-to-come.ts";
import { SeenState } from "./seen-state.ts";

/** One object (and container) of an alert. */
export const AlertObject = z.object({
  kind: z.string().describe("As in Kubernetes: `Pod`."),
  namespace: z.string().describe("Empty for an object without one."),
  name: z.string().describe("Of the object."),
  container: z.string().describe("Empty when the Event names none."),
  occurrences: Count.describe("Number of occurrences on this object."),
  firstSeenAt: Instant.describe("By the clock of the Event's writer."),
  lastSeenAt: Instant.describe("By the clock of the Event's writer."),
  message: z.string().describe("Of the newest Event: untrusted text."),
  clearedAt: Instant.nullable().describe("When a counter-event cleared it; null while it counts."),
});

/** A tracked alert. */
export const Alert = z.object({
  fingerprint: z.string().describe("The identity of the alert; it stays while the alert is open."),
  rule: z.string().describe("The name of the rule that opened it."),
  phase: z
    .enum(["pending", "firing", "resolved"])
    .describe("`pending`: threshold or `for` not met yet. `resolved`: until every sink has the end."),
  condition: z
    .string()
    .nullable()
    .describe(
      "The phase, or for a firing alert what keeps its messages back: `silenced`, `muted`, `inhibited`, `checking` (waits for the state of its objects) or `flapping`; null where another process has the engine.",
    ),
  severity: Severity.describe("Severity."),
  title: z.string().describe("One line, as a message about it alone would have it: untrusted text."),
  text: z
    .string()
    .describe(
      "The text of its rule, else the message of its newest Event, as a message would have it: untrusted text.",
    ),
  next: z
    .array(z.string())
    .readonly()
    .describe(
      "Commands that look further, at most 5, the most telling first: `kubectl -n shop logs web-1 -c app --previous`. They are safe to paste: made of names of Kubernetes' own form, else left out.",
    ),
  lifecycle: z
    .enum(["recurring", "transition", "point"])
    .describe("`recurring` ends by quiet, `transition` by a counter-event, a `point` has no end."),
  labels: z.record(z.string(), z.string()).readonly().describe("From the Event that opened it."),
  runbook: z.string().nullable().describe("A link, if the rule gives one."),
  dashboard: z.string().nullable().describe("A link, if the rule gives one."),
  openedAt: Instant.describe("When its first occurrence was read."),
  firedAt: Instant.nullable().describe("When it began to fire; null while it is pending."),
  resolvedAt: Instant.nullable().describe("When it ended; null while it is open."),
  resolvedBy: z
    .object({
      how: z
        .enum(["event", "healthy", "deleted", "replaced", "quiet", "max-age", "rule-removed"])
        .describe(
          "`healthy`: by the state of its objects. `replaced`: other objects are in their place. `quiet` and `max-age`: no longer seen.",
        ),
      reason: z.string().describe("The counter-event's reason; empty for other ends."),
      what: z.string().describe("The healthy state that was seen; empty for other ends."),
      atLatest: z.boolean().describe("Whether `resolvedAt` is only when somebody looked."),
    })
    .nullable()
    .describe("How it ended; null while it is open."),
  proof: z
    .string()
    .nullable()
    .describe(
      "The state of its objects that proves its end, such as `ready`; null where only Events or quiet do.",
    ),
  well: z
    .object({
      what: z.string().describe("The state that was seen: `3 of 3 pods ready`, `deleted`, `replaced`."),
      since: Instant.nullable().describe("Since when; null where only a look says it."),
      endsAt: Instant.describe("It ends then, if this lasts."),
    })
    .nullable()
    .describe("Set while its objects are well and the alert is still open; null else."),
  confirmedAt: Instant.nullable().describe(
    "When nothing had been heard for long enough to end it, and the state of its objects said that it goes on.",
  ),
  state: SeenState.nullable().describe(
    "The known state of its objects; null where none is read, and after its end.",
  ),
  stillOpen: z.string().describe("Why it is still open, in words; empty for one that does not fire."),
  firstSeenAt: Instant.describe("The first occurrence, by the clock of the Event's writer."),
  lastSeenAt: Instant.describe("The last occurrence, by the clock of the Event's writer."),
  occurrences: Count.describe("Number of occurrences."),
  message: z.string().describe("Of the newest Event, cut after 1024 characters: untrusted text."),
  objects: z.array(AlertObject).readonly().describe("At most 10, the one with the newest Event first."),
  objectsOmitted: Count.describe("Further objects."),
  objectCount: Count.describe("Number of all of them; of a container counts each."),
  sinks: z.array(AlertAtSink).readonly().describe("Who was told of it, and who was not."),
  heldBack: z
    .array(HeldBackNow)
    .readonly()
    .describe(
      "Why some were not told yet; empty where everybody was. Partial where another process has the engine.",
    ),
  toCome: z
    .array(MessageToCome)
    .readonly()
    .describe(
      "Its news that the sinks were not sent yet, and what each of them waits for; empty where another process has the engine.",
    ),
  groups: z
    .array(
      z.object({
        key: z.string().describe("Of the group."),
        sinks: z.array(z.string()).readonly().describe("Its destination by the routes."),
        ...SENT_TO,
        nextLookAt: Instant.nullable().describe(
          "When the group is looked at next; null when nothing changed.",
        ),
      }),
    )
    .readonly()
    .describe("Empty while it is pending."),
});
export type Alert = Readonly<z.infer<typeof Alert>>;

const ORDER = "Newest first, by `openedAt`.";

/** One page of alerts. */
export const AlertPage = pageOf(Alert, ORDER);
export type AlertPage = Readonly<z.infer<typeof AlertPage>>;

/** A tracked alert in a long list. */
export const ListedAlert = Alert.omit({
  text: true,
  next: true,
  state: true,
  stillOpen: true,
  objects: true,
  objectsOmitted: true,
  toCome: true,
}).extend({
  message: z.string().describe("Of the newest Event, cut after 200 characters: untrusted text."),
});
export type ListedAlert = Readonly<z.infer<typeof ListedAlert>>;

/** One page of a long list of alerts. */
export const ListedAlertPage = pageOf(ListedAlert, ORDER);
export type ListedAlertPage = Readonly<z.infer<typeof ListedAlertPage>>;

/** A page in the view that was asked for. */
export const AlertPages = z.union([AlertPage, ListedAlertPage]);

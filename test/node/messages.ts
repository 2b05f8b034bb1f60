import type { Inbox } from "./inbox.ts";
import type { Incident } from "./incident.ts";

/** The parts of a webhook body that the judge reads: docs/sinks/webhook.md. */
export interface HookBody {
  readonly kind: "firing" | "update" | "repeat" | "resolved" | "digest";
  readonly trigger: string;
  readonly title: string;
  readonly alerts: readonly {
    readonly rule: string;
    readonly status: "firing" | "resolved";
    readonly startsAt: string;
    readonly endsAt: string | null;
    readonly labels: { readonly name: string; readonly workload: string };
  }[];
}

/** A message as the webhook got it. */
export interface Hook {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly body: HookBody;
}

/** A rule may say of an alert that it began so long before its incident was caused, and of one before by so much less. */
const SAME_INCIDENT_MS = 5000;

/**
 * Those of an incident, oldest first: in its own lane, and in that of its node those about alerts that began with it.
 *
 * @param causedAt Epoch milliseconds.
 */
export function hooksOf(
  inbox: Inbox,
  { name, node }: Pick<Incident, "name" | "node">,
  causedAt: number,
): readonly Hook[] {
  return (
    [name, ...(node === undefined ? [] : [node])]
      .flatMap((lane) => inbox.by("hook", lane))
      .toSorted((a, b) => a.at - b.at)
      // It came through the webhook sink.
      .map(({ at, text }) => ({ at, body: JSON.parse(text) as HookBody }))
      .filter(({ at, body }) => at >= causedAt && body.alerts.every((alert) => isSince(alert, causedAt)))
  );
}

function isSince({ startsAt }: HookBody["alerts"][number], causedAt: number): boolean {
  return Date.parse(startsAt) >= causedAt - SAME_INCIDENT_MS;
}

/** All that people read of a message in its mail; the mail may have come a moment before the webhook. */
export function mailOf(inbox: Inbox, { name, node }: Pick<Incident, "name" | "node">, hook: Hook): string {
  const near = [name, node ?? name]
    .flatMap((lane) => inbox.by("mail", lane))
    .filter(({ text }) => text.includes(hook.body.title))
    .toSorted((a, b) => Math.abs(a.at - hook.at) - Math.abs(b.at - hook.at));
  return near[0]?.text ?? "";
}

/** Those that say that something is wrong. */
export function firingsIn(hooks: readonly Hook[]): readonly Hook[] {
  return hooks.filter(({ body }) => body.alerts.some(({ status }) => status === "firing"));
}

/** Those after which nothing is said to be wrong. */
export function endsIn(hooks: readonly Hook[]): readonly Hook[] {
  return hooks.filter(({ body }) => body.kind === "resolved");
}

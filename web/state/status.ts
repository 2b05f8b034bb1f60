import { computed, signal } from "@preact/signals";

import type { Status } from "../../src/api/schemas/status.ts";
import { countOf } from "../model/numbers.ts";
import { ask } from "./api.ts";
import { hearBuild } from "./build.ts";
import { setClock } from "./clock.ts";

/** The bridge at a glance; undefined until it is read first. */
export const status = signal<Status | undefined>(undefined);

/** Reads it. */
export async function readStatus(): Promise<void> {
  const answer = await ask<Status>("/status");
  setClock(answer.at);
  takeStatus(answer);
}

/** Takes it over. */
export function takeStatus(next: Status): void {
  status.value = next;
  hearBuild(next);
}

/** Something that is wrong with the bridge itself, with the view that says more. */
export interface Trouble {
  readonly what: string;
  readonly href: string;
}

/** What everybody should know who relies on this page, the worst first. */
export const troubles = computed<readonly Trouble[]>(() => {
  const { streams = [], sinks = [], checks = [] } = status.value ?? {};
  const watching = streams
    .filter(({ trouble }) => trouble !== "")
    .map(({ scope, trouble }) => ({ what: `${scope} is not watched: ${trouble}`, href: "/status" }));
  const parts = checks
    .filter(({ ok, name }) => !ok && (name !== "watch" || watching.length === 0))
    .map(({ name, detail }) => ({ what: `${name}: ${detail}`, href: "/status" }));
  return [...watching, ...parts, ...sinks.flatMap(sinkTrouble)];
});

function sinkTrouble({ sink, state, error, waiting, dead }: Status["sinks"][number]): readonly Trouble[] {
  const left = [
    waiting > 0 ? countOf(waiting, "message waits", "messages wait") : "",
    dead > 0 ? countOf(dead, "dead letter") : "",
  ].filter(Boolean);
  if (state === "ok" && dead === 0) return [];
  const fails = state === "failing" || state === "broken" || state === "paused";
  const what = fails
    ? `${[`${sink} takes no messages`, ...left].join("; ")}: ${error || state}`
    : `${sink}: ${left.join("; ")}`;
  return [{ what, href: "/deliveries" }];
}

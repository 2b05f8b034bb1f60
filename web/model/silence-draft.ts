import { toPattern } from "./label-patterns.ts";

/** One label of a silence that is being written. */
export interface DraftLabel {
  readonly label: string;
  /** As a person writes it: a value, a glob, `/regex/`, `!value`. */
  readonly value: string;
  /** Whether the silence names it. */
  readonly isOn: boolean;
}

/** How long a silence may last, with the words of each button. */
export const DURATIONS = {
  "30m": "30 min",
  "2h": "2 h",
  "8h": "8 h",
  "1d": "1 day",
  resolved: "until it ends",
} as const;

/** One of them. */
export type DraftDuration = keyof typeof DURATIONS;

/** A silence that is being written. */
export interface SilenceDraft {
  readonly labels: readonly DraftLabel[];
  readonly lasts: DraftDuration;
  readonly comment: string;
  readonly author: string;
}

/** Labels that the form always offers. */
const OFFERED = ["rule", "namespace", "workload", "severity", "node"];

/** A draft of what an address names. @param author Of the person who writes it; empty where unknown. */
export function draftOf(named: Readonly<Record<string, string>>, author: string): SilenceDraft {
  const labels = [...new Set([...OFFERED, ...Object.keys(named)])];
  return {
    labels: labels.map((label) => ({ label, value: named[label] ?? "", isOn: label in named })),
    lasts: "2h",
    comment: "",
    author,
  };
}

/** The labels of the draft in the form of the API; undefined while it names none: that would mute everything. */
export function matchOf({ labels }: SilenceDraft): Readonly<Record<string, unknown>> | undefined {
  const named = labels.filter(({ isOn, value }) => isOn && value.trim() !== "");
  if (named.length === 0) return undefined;
  return Object.fromEntries(named.map(({ label, value }) => [label, toPattern(value.trim())]));
}

/** The body of `POST /silences`; undefined while something is missing. */
export function requestOf(draft: SilenceDraft): Readonly<Record<string, unknown>> | undefined {
  const match = matchOf(draft);
  const comment = draft.comment.trim();
  const author = draft.author.trim();
  if (match === undefined || comment === "" || author === "") return undefined;
  return { match, comment, author, ...lasting(draft.lasts) };
}

/** The body of the preview, which asks neither why nor who. */
export function previewOf(draft: SilenceDraft): Readonly<Record<string, unknown>> | undefined {
  const match = matchOf(draft);
  return match && { match, comment: "preview", author: "preview", ...lasting(draft.lasts) };
}

function lasting(lasts: DraftDuration): Readonly<Record<string, unknown>> {
  return lasts === "resolved" ? { untilResolved: true } : { for: lasts };
}

import { computed, signal } from "@preact/signals";

import type { ListedAlertPage } from "../../src/api/schemas/alert.ts";
import type { AlertRow } from "../model/alert-row.ts";
import { markOf } from "../model/mark.ts";
import { ask } from "./api.ts";
import { setClock } from "./clock.ts";

/** Open alerts by fingerprint, as the bridge has them now; undefined until they are read first. */
export const alerts = signal<ReadonlyMap<string, AlertRow> | undefined>(undefined);

/** Whether a hand is in the list: then nothing is put in or taken out below it. */
export const isHeld = signal(false);

/** The list as it lies before the reader. */
const frozen = signal<ReadonlyMap<string, AlertRow>>(new Map());

/** The alerts that the list shows: those of now, or while it is held those of before with their present state. */
export const listed = computed<readonly AlertRow[]>(() => {
  const open = alerts.value ?? new Map<string, AlertRow>();
  if (!isHeld.value) return [...open.values()];
  return [...frozen.value.values()].map((before) => ({
    ...(open.get(before.fingerprint) ?? { ...before, phase: "resolved" }),
    placedAs: before.placedAs ?? markOf(before),
  }));
});

/** How many alerts wait to be put into the held list. */
export const waitingNews = computed(() => {
  if (!isHeld.value) return 0;
  return [...(alerts.value?.keys() ?? [])].filter((key) => !frozen.value.has(key)).length;
});

/** A hand comes into the list, or leaves it. */
export function hold(on: boolean): void {
  if (on === isHeld.value) return;
  if (on) frozen.value = alerts.value ?? new Map();
  isHeld.value = on;
}

/** Puts in what waits, and goes on holding. */
export function insertNews(): void {
  frozen.value = alerts.value ?? new Map();
}

/** Alerts of one page at most: the first rows come soon, and thousands still come in few requests. */
const PAGE_ROWS = 1000;

/** Reads all open alerts; those of the first page are shown at once. */
export async function readAlerts(): Promise<void> {
  const read = new Map<string, AlertRow>();
  const isFirst = alerts.value === undefined;
  let cursor = "";
  do {
    const page = await ask<ListedAlertPage>(`/alerts?view=list&limit=${PAGE_ROWS}${cursor}`);
    setClock(page.at);
    for (const alert of page.items) read.set(alert.fingerprint, alert);
    cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`;
    if (isFirst) alerts.value = new Map(read);
  } while (cursor !== "");
  if (!isFirst) show(read);
}

/** Takes over alerts as they are now. @param gone Fingerprints of those that are over. */
export function changeAlerts(changed: readonly AlertRow[], gone: readonly string[]): void {
  const open = new Map(alerts.value);
  for (const alert of changed) {
    if (alert.phase === "resolved") open.delete(alert.fingerprint);
    else open.set(alert.fingerprint, alert);
  }
  for (const fingerprint of gone) open.delete(fingerprint);
  show(open);
}

/** Fingerprints that came while the page was open, to be marked for some seconds. */
export const fresh = signal<ReadonlySet<string>>(new Set());

/** How long a new row is marked, milliseconds. */
const FRESH_MS = 6000;

function show(open: ReadonlyMap<string, AlertRow>): void {
  const news = [...open.keys()].filter((key) => alerts.value?.has(key) === false);
  alerts.value = open;
  if (news.length === 0) return;
  fresh.value = new Set([...fresh.value, ...news]);
  setTimeout(() => {
    fresh.value = new Set([...fresh.value].filter((key) => !news.includes(key)));
  }, FRESH_MS);
}

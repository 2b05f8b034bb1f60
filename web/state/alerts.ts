import { computed, signal } from "@preact/signals";

import type { ListedAlertPage } from "../../src/api/schemas/alert.ts";
import type { AlertRow } from "../model/alert-row.ts";
import { markOf } from "../model/mark.ts";
import { type AlertPage, AlertReading, type OpenAlerts, withNews } from "./alert-reading.ts";
import { ask } from "./api.ts";
import { setClock } from "./clock.ts";
import { inTurn } from "./in-turn.ts";

/** Open alerts by fingerprint, as the bridge has them now; undefined until the first of them are read. */
export const alerts = signal<OpenAlerts | undefined>(undefined);

/** Whether `alerts` has all of them: before that they may be shown, but not counted. */
export const isWhole = signal(false);

/** Whether a hand is in the list: then nothing is put in or taken out below it. */
export const isHeld = signal(false);

/** The list as it lies before the reader. */
const frozen = signal<OpenAlerts>(new Map());

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

/** Reads one page of the list. @param cursor Of the page before; null for the first. */
async function askPage(cursor: string | null): Promise<AlertPage> {
  const after = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const page = await ask<ListedAlertPage>(`/alerts?view=list&limit=${PAGE_ROWS}${after}`);
  setClock(page.at);
  return page;
}

/** Between two showings of a list that is not whole, milliseconds: to lay out thousands of alerts takes a while. */
const SHOW_EVERY_MS = 2000;

let reading: AlertReading | undefined;

/** Makes a reader of all open alerts; those that its first reading has are shown page by page. */
export function alertReader(readPage: typeof askPage): () => Promise<void> {
  return inTurn(async () => {
    const own = new AlertReading();
    reading = own;
    try {
      let cursor: string | null = null;
      let nextShowing = 0;
      do {
        const page: AlertPage = await readPage(cursor);
        own.add(page);
        cursor = page.next;
        if (!isWhole.value && Date.now() >= nextShowing) {
          alerts.value = own.open();
          nextShowing = Date.now() + SHOW_EVERY_MS;
        }
      } while (cursor !== null);
      show(own.open());
      isWhole.value = true;
    } finally {
      reading = undefined;
    }
  });
}

/** Reads all open alerts; what the stream tells meanwhile is not lost. @throws {ApiError} */
export const readAlerts = alertReader(askPage);

/** Takes over alerts as they are now. @param gone Fingerprints of those that are over. */
export function changeAlerts(changed: readonly AlertRow[], gone: readonly string[]): void {
  reading?.hear(changed, gone);
  // Before anything was read, the reading that comes has them.
  if (alerts.value !== undefined) show(withNews(alerts.value, changed, gone));
}

/** Fingerprints that came while the page was open, to be marked for some seconds. */
export const fresh = signal<ReadonlySet<string>>(new Set());

/** How long a new row is marked, milliseconds. */
const FRESH_MS = 6000;

function show(open: OpenAlerts): void {
  // While the list is not whole, what comes into it need not be new.
  const news = isWhole.value ? [...open.keys()].filter((key) => alerts.value?.has(key) === false) : [];
  alerts.value = open;
  if (news.length === 0) return;
  fresh.value = new Set([...fresh.value, ...news]);
  setTimeout(() => {
    fresh.value = new Set([...fresh.value].filter((key) => !news.includes(key)));
  }, FRESH_MS);
}

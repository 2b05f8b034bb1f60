import { signal } from "@preact/signals";

import { go, place } from "./place.ts";

/** Where `g` and another key lead. */
export const JUMPS: Readonly<Record<string, { readonly href: string; readonly name: string }>> = {
  o: { href: "/", name: "Open" },
  h: { href: "/history", name: "History" },
  w: { href: "/events", name: "Why?" },
  s: { href: "/silences", name: "Silences" },
  d: { href: "/deliveries", name: "Deliveries" },
  r: { href: "/rules", name: "Rules" },
  p: { href: "/playground", name: "Playground" },
  t: { href: "/status", name: "Status" },
};

/** Whether the list of keys is shown. */
export const showsKeys = signal(false);

/** How long `g` waits for its second key, milliseconds. */
const JUMP_WITHIN_MS = 1500;

/**
 * The keys of the page, wherever no text is typed. Enter needs none: a row is a link. `s` presses the first button
 * with `data-key="s"` of what is open, so that keys and buttons never differ.
 */
export function followKeys(): void {
  let jumpUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      leave(event);
      return;
    }
    if (isTyping(event.target)) return;
    const jump = JUMPS[event.key];
    if (jump !== undefined && event.timeStamp < jumpUntil) {
      jumpUntil = 0;
      event.preventDefault();
      go(jump.href);
      return;
    }
    if (event.key === "g") jumpUntil = event.timeStamp + JUMP_WITHIN_MS;
    else if (act(event.key)) event.preventDefault();
  });
}

function act(key: string): boolean {
  switch (key) {
    case "/":
      return focus(document.querySelector<HTMLElement>("input[type=search]"));
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "?":
      showsKeys.value = !showsKeys.value;
      return true;
    case "s": {
      const button = document.querySelector<HTMLElement>("aside [data-key=s]") ?? buttonOfRow();
      button?.click();
      return button !== null;
    }
    default:
      return false;
  }
}

/** Of the card that the marked row stands in. */
function buttonOfRow(): HTMLElement | null {
  return document.activeElement?.closest(".card")?.querySelector<HTMLElement>("[data-key=s]") ?? null;
}

function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement || row.matches("[aria-current=true]"));
  const next = at < 0 && by < 0 ? rows.length - 1 : at + by;
  return focus(rows[Math.min(rows.length - 1, Math.max(0, next))] ?? null);
}

function focus(element: HTMLElement | null): boolean {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return element !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}

/** Escape leaves what was entered last: the list of keys, a field, the open alert. */
function leave(event: KeyboardEvent): void {
  if (showsKeys.value) showsKeys.value = false;
  else if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
  else if (document.querySelector("dialog[open]") === null && place.value.path.startsWith("/alerts/")) {
    document.querySelector<HTMLElement>("[data-close]")?.click();
  }
}

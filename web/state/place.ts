import { signal } from "@preact/signals";

/** Where the page is. The address is its whole state: who gets the link sees the same. */
export interface Place {
  /** Begins with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The place that is shown. */
export const place = signal<Place>(currentPlace());

/** Shows another place; the one before comes back by the browser's own button. @param href Path and query. */
export function go(href: string): void {
  if (href !== location.pathname + location.search) history.pushState(null, "", href);
  const isSameView = viewOf(location.pathname) === viewOf(place.value.path);
  place.value = currentPlace();
  if (!isSameView) scrollTo(0, 0);
}

/** The list of open alerts goes on beside each of them. */
function viewOf(path: string): string {
  const [, first = ""] = path.split("/");
  return first === "alerts" ? "" : first;
}

/**
 * Changes parameters of the query in place, without a step in the history: what is typed key by key is no journey.
 *
 * @param values Empty ones are left out of the address.
 */
export function refine(values: Readonly<Record<string, string>>): void {
  history.replaceState(null, "", place.value.path + queryText(withValues(place.value.query, values)));
  place.value = currentPlace();
}

/** The query with some values changed; empty ones are left out. */
export function withValues(
  query: URLSearchParams,
  values: Readonly<Record<string, string>>,
): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [key, value] of Object.entries(values)) {
    if (value === "") changed.delete(key);
    else changed.set(key, value);
  }
  return changed;
}

/** `?a=b`, or nothing for an empty query. Commas stay readable. */
export function queryText(query: URLSearchParams): string {
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

/** Links of the page change the place without loading it anew, and the browser's buttons lead back. */
export function followLinks(): void {
  addEventListener("popstate", () => {
    place.value = currentPlace();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || !isOwn(link) || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** Runbooks are pages of their own, and so is everything with an ending. */
function isOwn(link: HTMLAnchorElement): boolean {
  return link.origin === location.origin && link.target === "" && !/^\/runbooks\/|\./u.test(link.pathname);
}

function currentPlace(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

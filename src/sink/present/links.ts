import type { Notification } from "../../alert/index.ts";

/** Longer addresses are left out, because receivers refuse whole messages for them. */
const LONGEST_URL = 1000;

/** A link that is safe to show: the address is absolute http or https, and normalised. */
export interface Link {
  readonly label: string;
  readonly url: string;
}

/** The links of a notification, in display order; links that are not absolute http or https are left out. */
export function linksOf({ links, status }: Pick<Notification, "links" | "status">): readonly Link[] {
  const all = [
    ["Runbook", links.runbook],
    ["Dashboard", links.dashboard],
    ["Silence", status === "firing" ? links.silence : null],
    ["Details", links.alert],
  ] as const;
  return all.flatMap(([label, address]) => {
    const url = address === null ? undefined : safeUrl(address);
    return url === undefined ? [] : [{ label, url }];
  });
}

/** The normalised address without characters that end a link anywhere; undefined when it must not be shown. */
function safeUrl(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  // `https://bank.example@evil.example` shows one host and opens another.
  if (url.username !== "" || url.password !== "") return undefined;
  const text = url.href.replaceAll(
    /[<>|"'`\\^{}]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return text.length <= LONGEST_URL ? text : undefined;
}

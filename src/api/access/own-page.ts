import type { Caller } from "./caller.ts";

/**
 * Whether the origin of a request, if it has one, is this server: by the address that was asked, or by the one for
 * people, of which a proxy may have replaced the name.
 */
export function isSameOrigin({ origin, host }: Caller, publicUrl: string | undefined): boolean {
  if (origin === "") return true;
  if (!URL.canParse(origin)) return false;
  const { host: own, protocol } = new URL(origin);
  const known = publicUrl === undefined ? undefined : new URL(publicUrl);
  if (own === known?.host) return protocol === known.protocol;
  return own === host.toLowerCase();
}

/**
 * Why a change that a browser vouches for, by a cookie or a proxy, may be one of another site's page; "" when it is one
 * of the own page. Three locks beside `SameSite=Strict`: a page cannot forge its origin, the browser's own word
 * (https://www.w3.org/TR/fetch-metadata/), and a body that no form can send.
 */
export function faultOfPage(caller: Caller, publicUrl: string | undefined): string {
  if (caller.origin === "") return "a change in a session needs the header origin, which browsers send";
  if (!isSameOrigin(caller, publicUrl) || !["", "same-origin", "none"].includes(caller.fetchSite)) {
    return "pages of other sites may change nothing";
  }
  if (!caller.isUnlikeForm) return 'a change in a session needs "content-type: application/json"';
  return "";
}

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { alerts, isWhole } from "../state/alerts.ts";
import { JUMPS, showsKeys } from "../state/keys.ts";
import { place } from "../state/place.ts";
import { status, troubles } from "../state/status.ts";
import { KeyList } from "./key-list.tsx";
import { Live, LostBanner, UpdateBanner } from "./live.tsx";
import { SignInDialog, WhoAmI } from "./sign-in.tsx";

/** What is around every view: name, navigation, connection, and what is wrong with the bridge itself. */
export function Frame({ children }: { readonly children: ComponentChildren }): VNode {
  const nav = useHereInSight();
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="18" height="18" />
          tocsin
        </a>
        {status.value !== undefined && <span class="cluster">{status.value.cluster}</span>}
        <nav aria-label="Views" ref={nav}>
          {Object.values(JUMPS).map(({ href, name }) => (
            <NavLink key={href} href={href} name={name} />
          ))}
        </nav>
        <WhoAmI />
        <Live />
        <button
          type="button"
          class="quiet"
          aria-label="Keys"
          title="Keys ( ? )"
          onClick={() => {
            showsKeys.value = true;
          }}
        >
          ?
        </button>
      </header>
      <LostBanner />
      <UpdateBanner />
      <Troubles />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {showsKeys.value && <KeyList />}
      <SignInDialog />
    </>
  );
}

/** The link of the present view is in sight, also where the others fill the width of a phone. */
function useHereInSight(): { current: HTMLElement | null } {
  const nav = useRef<HTMLElement>(null);
  const { path } = place.value;
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);
  return nav;
}

function NavLink({ href, name }: { readonly href: string; readonly name: string }): VNode {
  const { path } = place.value;
  const isHere = href === "/" ? path === "/" || path.startsWith("/alerts") : path.startsWith(href);
  return (
    <a href={href} aria-current={isHere ? "page" : undefined}>
      {name}
      {href === "/" && isWhole.value && <b class="count">{alerts.value?.size}</b>}
      {href === "/deliveries" && hasSinkTrouble() && (
        <b class="count bad" role="img" aria-label="trouble">
          !
        </b>
      )}
    </a>
  );
}

function hasSinkTrouble(): boolean {
  return troubles.value.some(({ href }) => href === "/deliveries");
}

/** At most this many lines; the view that a line leads to has the others. */
const MOST_TROUBLES = 3;

function Troubles(): VNode | null {
  const all = troubles.value;
  if (all.length === 0) return null;
  return (
    <div class="banner" role="status">
      {all.slice(0, MOST_TROUBLES).map(({ what, href }) => (
        <p key={what}>
          <span aria-hidden="true">⚠</span> {what}. <a href={href}>Look</a>
        </p>
      ))}
      {all.length > MOST_TROUBLES && <p>and {all.length - MOST_TROUBLES} more</p>}
    </div>
  );
}

import { computed, signal } from "@preact/signals";

import type { Me } from "../../src/api/schemas/session.ts";
import { ApiError, ask, send } from "./api.ts";

/** Who looks at the page, as the bridge sees it; undefined until it has said so. */
export const me = signal<Me | undefined>(undefined);

/** Whether nothing may be read, so that there is nothing to show. */
export const isLocked = computed(() => me.value?.may.read === false);

/** Whether buttons that change something are shown: those that a token would allow ask for it. */
export const canChange = computed(() => me.value?.may.write === true || me.value?.canSignIn === true);

/** Asks the bridge who this is. */
export async function readMe(): Promise<void> {
  me.value = await ask<Me>("/me");
}

/** The change, or the trial of rules, that waits for a token; undefined while none does. */
export const signingIn = signal<{ readonly change: () => void } | undefined>(undefined);

/**
 * Makes a change at once, or after the person has given a token that allows it; also where the right that the page knew
 * of has ended meanwhile.
 *
 * @param tell Is told why it failed, or undefined once it is made.
 */
export function withRight(change: () => Promise<void>, tell: (problem: ApiError | undefined) => void): void {
  if (me.value?.may.write === true) void makeChange(change, tell);
  else signingIn.value = { change: () => withRight(change, tell) };
}

async function makeChange(...[change, tell]: Parameters<typeof withRight>): Promise<void> {
  try {
    await change();
    tell(undefined);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isRefused = error.status === 401 || error.status === 403;
    if (isRefused && (await needsToken())) withRight(change, tell);
    else tell(error);
  }
}

/** Whether the bridge says now that only a token would allow changes. */
async function needsToken(): Promise<boolean> {
  await readMe().catch(() => undefined);
  return me.value?.may.write === false && me.value.canSignIn;
}

/**
 * Exchanges a token for a session. The token is not kept: the answer sets a cookie that no script can read.
 *
 * @throws {ApiError} for a wrong token.
 */
export async function signIn(token: string): Promise<void> {
  me.value = await send<Me>("POST", "/session", { token });
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  me.value = await send<Me>("DELETE", "/session");
}

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, send } from "../../../web/state/api.ts";
import { me, readMe, signingIn, withRight } from "../../../web/state/me.ts";
import { type RunningApi, startApi } from "../../api/start-api.ts";

let api: RunningApi;

beforeEach(async () => {
  api = await startApi();
  const { fetch } = globalThis;
  // A browser knows the place of relative addresses.
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => fetch(new URL(path, api.url), init));
  await readMe();
});

afterEach(async () => {
  vi.unstubAllGlobals();
  me.value = undefined;
  signingIn.value = undefined;
  await api[Symbol.asyncDispose]();
});

/** A right that the page still believes in. */
function believeInRight(): void {
  if (me.value !== undefined) me.value = { ...me.value, may: { read: true, write: true } };
}

describe("a change", () => {
  it("whose right has ended asks for a token, and is made once there is one", async () => {
    expect(me.value?.may.write).toBe(false);
    believeInRight();
    const told: (ApiError | undefined)[] = [];
    let isAllowed = false;
    const change = (): Promise<void> =>
      isAllowed ? Promise.resolve() : send("POST", "/silences/none/expire");
    withRight(change, (problem) => told.push(problem));
    await expect.poll(() => signingIn.value).toBeDefined();
    expect(told).toEqual([]);
    expect(me.value?.may.write).toBe(false);
    isAllowed = true;
    believeInRight();
    signingIn.value?.change();
    await expect.poll(() => told).toEqual([undefined]);
  });

  it("that is refused for another reason is not asked for a token", async () => {
    believeInRight();
    const told: (ApiError | undefined)[] = [];
    withRight(
      () => Promise.reject(new ApiError(422, "no")),
      (problem) => told.push(problem),
    );
    await expect.poll(() => told.map((problem) => problem?.status)).toEqual([422]);
    expect(signingIn.value).toBe(undefined);
  });
});

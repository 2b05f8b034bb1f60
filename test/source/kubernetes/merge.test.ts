import { describe, expect, it } from "vitest";

import { merge } from "../../../src/source/kubernetes/merge.ts";

const never = new AbortController().signal;

async function* endless(name: string, signal: AbortSignal, pulled: string[]): AsyncGenerator<string, void> {
  for (let index = 0; !signal.aborted; index++) {
    pulled.push(name);
    yield `${name}${index}`;
  }
}

describe("merge", () => {
  it("lets a busy stream starve no other, and reads none ahead by more than one", async () => {
    const pulled: string[] = [];
    const seen: string[] = [];
    const streams = ["a", "b", "c"].map((name) => (signal: AbortSignal) => endless(name, signal, pulled));
    for await (const message of merge(streams, never)) {
      seen.push(message);
      if (seen.length === 9) break;
    }
    expect(seen).toEqual(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]);
    expect(pulled.length).toBeLessThanOrEqual(seen.length + 3);
  });

  it("ends when all have ended", async () => {
    const one = (name: string) =>
      async function* (): AsyncGenerator<string, void> {
        yield name;
      };
    const seen: string[] = [];
    for await (const message of merge([one("a"), one("b")], never)) seen.push(message);
    expect(seen).toEqual(["a", "b"]);
  });

  it("stops the others when one throws", async () => {
    const stopped: string[] = [];
    const waiting = async function* (signal: AbortSignal): AsyncGenerator<string, void> {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      stopped.push("waiting");
      yield "late";
    };
    // oxlint-disable-next-line require-yield -- it throws first
    const broken = async function* (): AsyncGenerator<string, void> {
      throw new Error("broken");
    };
    await expect(merge([waiting, broken], never).next()).rejects.toThrow("broken");
    expect(stopped).toEqual(["waiting"]);
  });
});

import { describe, expect, it } from "vitest";

import { Inbox } from "../../src/pipeline/inbox.ts";

const patient = new AbortController().signal;

describe("the inbox", () => {
  it("hands inputs out in the order in which they were put", async () => {
    const inbox = new Inbox<{ readonly kind: string }>();
    inbox.put({ kind: "a" });
    const second = inbox.take(patient).then(() => inbox.take(patient));
    inbox.put({ kind: "b" });
    expect(await second).toEqual({ kind: "b" });
  });

  it("keeps one input of a kind of which one is enough, until that is taken", async () => {
    const inbox = new Inbox<{ readonly kind: string }>();
    inbox.putOnce({ kind: "outcomes" });
    inbox.putOnce({ kind: "outcomes" });
    inbox.putOnce({ kind: "commands" });
    const taken = [await inbox.take(patient)];
    inbox.putOnce({ kind: "outcomes" });
    const stop = AbortSignal.abort();
    for (let input = await inbox.take(stop); input !== undefined; input = await inbox.take(stop))
      taken.push(input);
    expect(taken.map((input) => input?.kind)).toEqual(["outcomes", "commands", "outcomes"]);
  });
});

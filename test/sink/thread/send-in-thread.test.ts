import { describe, expect, it } from "vitest";

import type { ThreadStep } from "../../../src/sink/thread/index.ts";
import { ALL_ABILITIES, messageTo, ThreadBed } from "./thread-bed.ts";

/** Steps in short: `post`, `reply`, `edit end`. */
function short(steps: readonly ThreadStep[]): readonly string[] {
  return steps.map((step) => (step.do === "edit" ? `edit ${step.to}` : step.do));
}

const UPDATE = { kind: "update", trigger: "new-alert" } as const;
const REPEAT = { kind: "repeat", trigger: "repeat" } as const;
const RESOLVED = { kind: "resolved", trigger: "all-resolved" } as const;

describe("the messages of a group", () => {
  it("begin with a parent, which the group remembers", async () => {
    const bed = new ThreadBed();
    expect(short(await bed.deliver({}))).toEqual(["post"]);
    expect(bed.memoryOf("a")).toEqual({
      v: 1,
      to: expect.any(String),
      severity: "warning",
      thread: [...bed.parents.keys()][0],
    });
  });

  it("are whole without a parent whose name is too long to be remembered", async () => {
    const bed = new ThreadBed();
    bed.suffix = "x".repeat(200);
    expect(short(await bed.deliver({}))).toEqual(["post"]);
    expect(bed.memoryOf("a")).toBeUndefined();
    expect(short(await bed.deliver(UPDATE))).toEqual(["post"]);
  });

  it("go on with a reply, and an edit of the parent", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    expect(short(await bed.deliver(UPDATE))).toEqual(["reply", "edit news"]);
  });

  it("show a repeat outside of the thread too", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    expect((await bed.deliver(REPEAT))[0]).toMatchObject({ do: "reply", broadcast: true });
    bed.abilities = { ...ALL_ABILITIES, broadcast: false };
    expect((await bed.deliver(REPEAT))[0]).toMatchObject({ do: "reply", broadcast: false });
  });

  it("end with a reply, and a parent that says so; then nothing is remembered", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    expect(short(await bed.deliver(RESOLVED))).toEqual(["reply", "edit end"]);
    expect(bed.memoryOf("a")).toBeUndefined();
    expect([...bed.parents.values()]).toEqual([{ shows: "end" }]);
  });

  it("begin anew under a new parent when it gets worse, and the old thread says where", async () => {
    const bed = new ThreadBed();
    await bed.deliver({ severity: "warning" });
    const steps = await bed.deliver({ ...UPDATE, severity: "critical" });
    expect(short(steps)).toEqual(["post", "refer", "edit elsewhere"]);
    expect([...bed.parents.values()].map(({ shows }) => shows)).toEqual(["elsewhere", "trouble"]);
    expect(short(await bed.deliver({ ...UPDATE, severity: "critical" }))).toEqual(["reply", "edit news"]);
  });

  it("tell that it is worse again after it was milder", async () => {
    const bed = new ThreadBed();
    await bed.deliver({ severity: "critical" });
    expect(short(await bed.deliver({ ...UPDATE, severity: "warning" }))).toEqual(["reply", "edit news"]);
    expect(short(await bed.deliver({ ...UPDATE, severity: "critical" }))[0]).toBe("post");
  });

  it("begin anew in another destination, and in another episode", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    expect(short(await bed.deliver({}))).toEqual(["post", "refer", "edit elsewhere"]);
    bed.destination = "#team";
    expect(short(await bed.deliver(UPDATE))).toEqual(["post", "refer", "edit elsewhere"]);
    expect(bed.memoryOf("a")).not.toHaveProperty("left");
  });

  it("are one that says the end already, where the problem was over before it could be delivered", async () => {
    const bed = new ThreadBed();
    const cleared = { kind: "resolved", trigger: "cleared-before-delivery" } as const;
    expect(short(await bed.deliver(cleared))).toEqual(["post"]);
    expect(bed.memoryOf("a")).toBeUndefined();
    expect(bed.parents.size).toBe(0);
  });

  it.each([{ kind: "digest", trigger: "storm" }, { test: true }] as const)(
    "are no thread for a digest or a test: %o",
    async (news) => {
      const bed = new ThreadBed();
      await bed.deliver({});
      const before = bed.memories.get("a");
      expect(short(await bed.deliver(news))).toEqual(["post"]);
      expect(bed.memories.get("a")).toBe(before);
    },
  );

  it("are whole messages where nothing is remembered, as after a lost state file", async () => {
    const bed = new ThreadBed();
    expect(short(await bed.deliver(UPDATE))).toEqual(["post"]);
    bed.memories.clear();
    expect(short(await bed.deliver(RESOLVED))).toEqual(["post"]);
  });
});

describe("a receiver", () => {
  it("without threads and changes gets whole messages, and nothing is remembered", async () => {
    const bed = new ThreadBed();
    bed.abilities = { thread: false, edit: false, quietEdits: true, broadcast: false };
    await bed.deliver({});
    expect(short(await bed.deliver(UPDATE))).toEqual(["post"]);
    expect(bed.memoryOf("a")).toBeUndefined();
  });

  it("without changes gets replies only", async () => {
    const bed = new ThreadBed();
    bed.abilities = { ...ALL_ABILITIES, edit: false };
    await bed.deliver({});
    expect(short(await bed.deliver(UPDATE))).toEqual(["reply"]);
    expect(short(await bed.deliver(RESOLVED))).toEqual(["reply"]);
  });

  it("without threads gets no word about where a worse problem goes on", async () => {
    const bed = new ThreadBed();
    bed.abilities = { ...ALL_ABILITIES, thread: false };
    await bed.deliver({});
    expect(short(await bed.deliver({ ...UPDATE, severity: "critical" }))).toEqual(["post", "edit elsewhere"]);
  });

  it("whose changes notify people gets a change and no further message, and a lost one is posted anew", async () => {
    const bed = new ThreadBed();
    bed.abilities = { thread: false, edit: true, quietEdits: false, broadcast: false };
    await bed.deliver({});
    expect(short(await bed.deliver({ ...UPDATE, severity: "critical" }))).toEqual(["edit news"]);
    bed.failures = ["lost"];
    expect(short(await bed.deliver(UPDATE))).toEqual(["edit news", "post"]);
    expect(short(await bed.deliver(RESOLVED))).toEqual(["edit end"]);
    expect(bed.memoryOf("a")).toBeUndefined();
  });
});

describe("a parent of several groups", () => {
  const ABC = ["a", "b", "c"];

  it("is changed by the end of its last group only", async () => {
    const bed = new ThreadBed();
    await bed.deliver({ title: "27 namespaces, 300 pods: image cannot be pulled" }, ABC);
    expect(short(await bed.deliver(UPDATE, ["a"]))).toEqual(["reply"]);
    expect(short(await bed.deliver(RESOLVED, ["a"]))).toEqual(["reply"]);
    expect(short(await bed.deliver(RESOLVED, ["b"]))).toEqual(["reply"]);
    const end = await bed.deliver(RESOLVED, ["c"]);
    expect(short(end)).toEqual(["reply", "edit end"]);
    expect(end[1]).toMatchObject({ title: "27 namespaces, 300 pods: image cannot be pulled" });
    expect([...bed.parents.values()]).toEqual([{ shows: "end" }]);
  });

  it("is changed by a message that tells all of its groups", async () => {
    const bed = new ThreadBed();
    await bed.deliver({}, ABC);
    expect(short(await bed.deliver(UPDATE, ABC))).toEqual(["reply", "edit news"]);
    expect(short(await bed.deliver(UPDATE, ["a", "b"]))).toEqual(["reply"]);
    expect(short(await bed.deliver(RESOLVED, ABC))).toEqual(["reply", "edit end"]);
  });

  it("keeps the memories of its groups equal, so that one message can tell them all", async () => {
    const bed = new ThreadBed();
    await bed.deliver({ severity: "critical" }, ABC);
    await bed.deliver({ ...UPDATE, severity: "warning" }, ["a"]);
    expect(bed.memories.get("a")).toBe(bed.memories.get("b"));
  });

  it("stays for the others when one of its groups gets worse", async () => {
    const bed = new ThreadBed();
    await bed.deliver({}, ["a", "b"]);
    expect(short(await bed.deliver({ ...UPDATE, severity: "critical" }, ["a"]))).toEqual(["post", "refer"]);
    expect(short(await bed.deliver(RESOLVED, ["b"]))).toEqual(["reply", "edit end"]);
  });
});

describe("a failed request", () => {
  it("is repeated alone: what was said is not said again", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    const message = messageTo(["a"], { ...RESOLVED, id: "end" });
    const { remaining, isTold } = await bed.attempt(message, ["a"]);
    expect(isTold).toBe(true);
    bed.failures = ["later"];
    await expect(bed.attempt(message, ["a"], remaining)).rejects.toThrow("later");
    expect(await bed.attempt(message, ["a"], remaining)).toMatchObject({ remaining: undefined });
    expect(bed.said).toEqual(["n-1", "end"]);
  });

  it("gives up an edit that the next message makes anyway, unless nothing goes out", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    const message = messageTo(["a"], UPDATE);
    const { remaining } = await bed.attempt(message, ["a"]);
    bed.failures = ["held", "later"];
    await expect(bed.attempt(message, ["a"], remaining)).rejects.toThrow("held");
    expect(await bed.attempt(message, ["a"], remaining)).toMatchObject({ remaining: undefined });
  });

  it("makes a new parent of a reply whose parent is lost", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    bed.failures = ["lost"];
    expect(short(await bed.deliver(UPDATE))).toEqual(["reply", "post"]);
    expect(bed.memoryOf("a")?.thread).toBe([...bed.parents.keys()][1]);
    bed.failures = ["lost"];
    expect(short(await bed.deliver(RESOLVED))).toEqual(["reply", "post"]);
    expect(bed.memoryOf("a")).toBeUndefined();
  });

  it.each(["lost", "refused"] as const)("gives up the edit of a parent that is %s", async (failure) => {
    const bed = new ThreadBed();
    await bed.deliver({});
    bed.failures = [undefined, failure];
    expect(short(await bed.deliver(RESOLVED))).toEqual(["reply", "edit end"]);
    expect(bed.memoryOf("a")).toBeUndefined();
  });

  it("ends the attempt when the news itself is refused", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    bed.failures = ["refused"];
    await expect(bed.deliver(UPDATE)).rejects.toThrow("refused");
  });
});

describe("a rest", () => {
  it("of an unknown form is no rest: the message is planned anew", async () => {
    const bed = new ThreadBed();
    expect(await bed.attempt(messageTo(["a"], {}), ["a"], { v: 2, steps: "?" })).toMatchObject({
      remaining: undefined,
    });
    expect(short(bed.requests)).toEqual(["post"]);
  });

  it("has no edits of the state of now while there is no time for them, but the end", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    bed.hasTimeForEdits = false;
    expect(short(await bed.deliver(UPDATE))).toEqual(["reply"]);
    expect(short(await bed.deliver(RESOLVED))).toEqual(["reply", "edit end"]);
  });

  it("that was replaced by a new beginning leaves no parent that lies", async () => {
    const bed = new ThreadBed();
    await bed.deliver({});
    await bed.attempt(messageTo(["a"], RESOLVED), ["a"]);
    expect(short(await bed.deliver({}))).toEqual(["post", "edit elsewhere"]);
    expect([...bed.parents.values()].map(({ shows }) => shows)).toEqual(["elsewhere", "trouble"]);
  });
});

import { describe, expect, it } from "vitest";

import { NO_CHANGES } from "../../src/alert/index.ts";
import { type Committed, Feed } from "../../src/feed/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { EngineBed } from "../support/engine-bed.ts";
import { makeDelivery } from "../support/make-delivery.ts";

const RULES = "rules: [{ name: mount, match: { reason: FailedMount }, resolve: { quiet: 10m } }]";

const entity = (kind: string, key: string) => ({
  kind,
  key,
  version: 1,
  cluster: "",
  state: {},
  columns: undefined,
});

describe("the feed", () => {
  it("tells each listener of each commit, until it ends its subscription", () => {
    const feed = new Feed({ epoch: "e", log: silentLogger });
    const heard: Committed[] = [];
    const unsubscribe = feed.subscribe((committed) => heard.push(committed));
    feed.onCommitted(NO_CHANGES);
    unsubscribe();
    unsubscribe();
    feed.onCommitted(NO_CHANGES);
    expect(heard).toEqual([NO_CHANGES]);
  });

  it("is stopped by no listener that fails", () => {
    const logged: string[] = [];
    const feed = new Feed({ epoch: "e", log: { ...silentLogger, error: (text) => void logged.push(text) } });
    let heard = 0;
    feed.subscribe(() => {
      throw new Error("boom");
    });
    feed.subscribe(() => void (heard += 1));
    feed.onCommitted(NO_CHANGES);
    expect([heard, logged]).toEqual([1, ["a listener of the feed failed"]]);
  });

  it("numbers what people look at: alerts, groups, silences, and deliveries that come and end", () => {
    const feed = new Feed({ epoch: "e", log: silentLogger });
    feed.onCommitted({
      ...NO_CHANGES,
      entities: {
        put: [entity("alert", "a"), entity("group", "g"), entity("rule", "r"), entity("load", "ops")],
        forget: [{ kind: "silence", key: "s" }],
      },
      deliveries: [makeDelivery("d1")],
      notedOutcomes: ["d0"],
    });
    expect(feed.since(0)).toEqual([
      { n: 1, kind: "alert", key: "a", isGone: false },
      { n: 2, kind: "group", key: "g", isGone: false },
      { n: 3, kind: "silence", key: "s", isGone: true },
      { n: 4, kind: "delivery", key: "d1", isGone: false },
      { n: 5, kind: "delivery", key: "d0", isGone: false },
    ]);
    expect(feed.last).toBe(5);
  });

  it("gives those who come back every alert that the engine has changed meanwhile, to its end", () => {
    const story = new EngineBed({ rules: RULES });
    const feed = new Feed({ epoch: "e", log: silentLogger });
    const kept = new Map<string, boolean>();
    let read = 0;
    const catchUp = (): void => {
      for (const changes of story.changes.splice(0)) feed.onCommitted(changes);
      const changes = feed.since(read);
      if (changes === "too-old") throw new Error("it is not");
      for (const { kind, key, isGone } of changes) if (kind === "alert") kept.set(key, !isGone);
      read = feed.last;
    };
    story.at(0, { reason: "FailedMount", object: "shop/Pod/a" }).until(60);
    catchUp();
    expect([...kept.values()]).toEqual([true]);
    story.until(3600);
    catchUp();
    expect([...kept.values()]).toEqual([false]);
  });
});

import { beforeEach, describe, expect, it } from "vitest";

import type { AlertPage } from "../../../web/state/alert-reading.ts";
import { alertReader, alerts, changeAlerts, fresh, isWhole } from "../../../web/state/alerts.ts";
import { makeRow } from "../model/make-row.ts";

const row = (fingerprint: string, condition: "firing" | "clearing" = "firing") =>
  makeRow({ fingerprint, condition });

/** Pages that come when the test says so, in the order in which they are asked for. */
function slowPages() {
  const asked: PromiseWithResolvers<AlertPage>[] = [];
  const read = alertReader(() => {
    const page = Promise.withResolvers<AlertPage>();
    asked.push(page);
    return page.promise;
  });
  /** Gives the oldest question its page, once there is one. */
  const answer = async (items: AlertPage["items"], next: string | null = null): Promise<void> => {
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    asked.shift()?.resolve({ items, next });
  };
  const fail = async (): Promise<void> => {
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    asked.shift()?.reject(new Error("no page"));
  };
  return { read, answer, fail, asked };
}

const open = (): readonly string[] => [...(alerts.value?.keys() ?? [])];

beforeEach(() => {
  alerts.value = undefined;
  isWhole.value = false;
  fresh.value = new Set();
});

describe("reading the open alerts", () => {
  it("keeps what the stream tells meanwhile", async () => {
    const { read, answer } = slowPages();
    const done = read();
    await answer([row("old"), row("ends"), row("changes")], "2");
    await expect.poll(open).toHaveLength(3);
    changeAlerts([row("new"), row("changes", "clearing"), { ...row("late"), phase: "resolved" }], ["ends"]);
    await answer([row("late"), row("last")]);
    await done;
    expect(open().toSorted()).toEqual(["changes", "last", "new", "old"]);
    expect(alerts.value?.get("changes")?.condition).toBe("clearing");
  });

  it("shows the first page at once, and does not lay out a hundred more one by one", async () => {
    const shown: number[] = [];
    const stop = alerts.subscribe((value) => value && shown.push(value.size));
    let page = 0;
    const read = alertReader(async () => ({
      items: [row(`f${page}`)],
      next: ++page < 100 ? String(page) : null,
    }));
    await read();
    stop();
    expect([shown[0], shown.at(-1)]).toEqual([1, 100]);
    expect(shown.length).toBeLessThan(10);
  });

  it("keeps news of a later reading, and marks as new what came", async () => {
    const { read, answer } = slowPages();
    const first = read();
    await answer([row("old")]);
    await first;
    const second = read();
    changeAlerts([row("new")], []);
    await answer([row("old")]);
    await second;
    expect(open()).toEqual(["old", "new"]);
    expect([...fresh.value]).toEqual(["new"]);
  });

  it("happens once at a time, and once more when it was asked for meanwhile", async () => {
    const { read, answer, asked } = slowPages();
    const first = read();
    const again = [read(), read()];
    expect(asked).toHaveLength(1);
    await answer([row("before")]);
    await first;
    await answer([row("after")]);
    await Promise.all(again);
    expect(open()).toEqual(["after"]);
    expect(asked).toHaveLength(0);
  });

  it("is not whole when a page does not come, and the next reading is", async () => {
    const { read, answer, fail } = slowPages();
    const broken = read();
    await answer([row("a")], "2");
    await fail();
    await expect(broken).rejects.toThrow("no page");
    expect(open()).toEqual(["a"]);
    expect(isWhole.value).toBe(false);
    const whole = read();
    await answer([row("a")], "2");
    await answer([row("b")]);
    await whole;
    expect(open()).toEqual(["a", "b"]);
    expect(isWhole.value).toBe(true);
    expect(fresh.value.size).toBe(0);
  });

  it("takes news that comes before anything is read for no list", () => {
    changeAlerts([row("new")], []);
    expect(alerts.value).toBe(undefined);
  });
});

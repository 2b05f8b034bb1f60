import { describe, expect, it } from "vitest";

import { Schedule } from "../../../src/alert/schedule.ts";
import type { AlertState } from "../../../src/alert/state.ts";
import { StateWatch } from "../../../src/alert/tracking/state-watch.ts";
import { START } from "../../support/event-sketch.ts";
import { makeAlert } from "../make.ts";

const SECOND = 1000;

/** A watch with alerts that were told at the start, each of which asks for so many objects. */
class WatchBed {
  readonly schedule = new Schedule();
  readonly watch: StateWatch;
  /** `second fingerprint` of each look. */
  readonly looks: string[] = [];
  readonly #objects: number;

  constructor(alerts: number, objects = 1, asks = true) {
    this.#objects = objects;
    this.watch = new StateWatch(this.schedule, asks);
    for (let index = 0; index < alerts; index++) this.watch.record(undefined, told(`${index}`));
  }

  until(second: number): this {
    const end = START + second * SECOND;
    for (let next = this.schedule.next(); next !== undefined && next <= end; next = this.schedule.next()) {
      const now = Math.max(START, next);
      this.schedule.take(now);
      this.watch.run(now, (fingerprint) => {
        this.looks.push(`${(now - START) / SECOND} ${fingerprint}`);
        return { asked: this.#objects, firedAt: START };
      });
    }
    return this;
  }
}

function told(fingerprint: string, more: Partial<AlertState> = {}): AlertState {
  return makeAlert(fingerprint, { isTold: true, firedAt: START, ...more });
}

describe("the looks at told alerts", () => {
  it("come every 30 s in the first five minutes, then every minute", () => {
    const seconds = new WatchBed(1).until(480).looks.map((look) => Number.parseFloat(look));
    expect(seconds).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480]);
  });

  it("ask for no more than five objects a second, and stretch evenly", () => {
    const { looks } = new WatchBed(300, 2).until(600);
    expect(looks.length).toBeLessThanOrEqual((600 * 5) / 2 + 1);
    const perAlert = Map.groupBy(looks, (look) => look.split(" ")[1]);
    const counts = [...perAlert.values()].map((each) => each.length);
    expect([perAlert.size, Math.max(...counts) - Math.min(...counts)]).toEqual([300, 1]);
  });

  it("come sooner when a time is known at which something changes, but not later", () => {
    const bed = new WatchBed(1).until(0);
    bed.watch.lookBy(told("0"), START + 12 * SECOND);
    bed.watch.lookBy(told("0"), START + 20 * SECOND);
    expect(bed.until(45).looks).toEqual(["0 0", "12 0", "42 0"]);
  });

  it.each<[string, Partial<AlertState>]>([
    ["is over", { phase: "resolved" }],
    ["was not told", { isTold: false }],
    ["has no end by nature", { lifecycle: "point" }],
    ["counts what is not tracked one by one", { overflow: true }],
  ])("leave out an alert that %s", (_what, more) => {
    const bed = new WatchBed(1);
    bed.watch.record(told("0"), told("0", more));
    expect(bed.until(120).looks).toEqual([]);
    expect(bed.schedule.next()).toBeUndefined();
  });

  it("leave out an alert that has left the book, and do not exist where nobody answers", () => {
    const bed = new WatchBed(1);
    bed.watch.record(told("0"), undefined);
    expect(bed.until(120).looks).toEqual([]);
    expect(new WatchBed(1, 1, false).schedule.next()).toBeUndefined();
  });
});

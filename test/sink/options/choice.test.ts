import { describe, expect, it } from "vitest";
import { z } from "zod";

import { check } from "../../../src/lib/schema.ts";
import { choiceOption, choosing, chosenName, valueOf, valuesOf } from "../../../src/sink/options/index.ts";
import { makeAlert, makeNotification } from "../../support/notifications.ts";

const Channel = choiceOption(z.string().regex(/^C\d+$/u, { error: "not a channel" }), {
  one: "a channel",
  many: "channels",
});

function ofTeam(team: string) {
  const { labels, ...alert } = makeAlert();
  return makeNotification({ alerts: [{ ...alert, labels: { ...labels, team } }] });
}

describe("a choice of destinations", () => {
  it("is one value for everything", () => {
    const choice = Channel.parse("C1");
    expect([...valuesOf(choice)]).toEqual([["", "C1"]]);
    expect(chosenName(choice, ofTeam("pay"))).toBe("");
  });

  it("is made by a label out of a closed set", () => {
    const choice = Channel.parse({ by: "team", of: { pay: "C1", shop: "C2" }, else: "C3" });
    const names = ["pay", "shop", "ops", "constructor", ""].map((team) => chosenName(choice, ofTeam(team)));
    expect(names.map((name) => valuesOf(choice).get(name))).toEqual(["C1", "C2", "C3", "C3", "C3"]);
    expect(chosenName(choice, makeNotification({ alerts: [] }))).toBe("else");
  });

  it("tells the engine which labels lead to one destination", () => {
    const choice = Channel.parse({ by: "team", of: { pay: "C1", shop: "C1" }, else: "C3" });
    const named = choosing(choice);
    const shown = choosing(choice, (channel) => channel);
    expect(named?.label).toBe("team");
    const teams = ["pay", "shop", "ops", "x"];
    expect(teams.map((team) => named?.nameOf(team))).toEqual(["pay", "shop", "else", "else"]);
    expect(teams.map((team) => shown?.nameOf(team))).toEqual(["C1", "C1", "C3", "C3"]);
    expect(choosing(Channel.parse("C1"))).toBeUndefined();
  });

  it("goes by the label of the group, which all its alerts have", () => {
    const choice = Channel.parse({ by: "team", of: { pay: "C1" }, else: "C3" });
    const told = ofTeam("shop");
    const grouped = { ...told, group: { key: "g", labels: { team: "pay" } } };
    expect(valueOf(choice, chosenName(choice, grouped))).toBe("C1");
  });

  it.each([
    ["a wrong value", "x"],
    ["a wrong value among others", { by: "team", of: { pay: "x" }, else: "C1" }],
    ["no value for the others", { by: "team", of: { pay: "C1" } }],
    ["a value that stands for all others among the named", { by: "team", of: { else: "C1" }, else: "C1" }],
    ["no label", { by: "", of: { pay: "C1" }, else: "C1" }],
  ])("refuses %s", (_, value) => {
    const { value: parsed, faults } = check(Channel, value);
    expect(parsed).toBeUndefined();
    expect(faults).not.toEqual([]);
  });
});

import { expect, it } from "vitest";

import { DeletedObjects } from "../../src/pipeline/deleted-objects.ts";
import { makeAlert, makeEvent, makeMember } from "../alert/make.ts";

/** Rounds in which no object is gone. @param besideStates As `DeletedObjects` has it. */
function roundsOf(besideStates: boolean): {
  readonly rounds: (readonly string[])[];
  readonly gone: DeletedObjects;
} {
  const rounds: (readonly string[])[] = [];
  const gone = new DeletedObjects(
    {
      wants: () => true,
      gone: async (objects) => {
        rounds.push(objects);
        return [];
      },
    },
    { besideStates },
  );
  return { rounds, gone };
}

it("asks about fifty objects in a round, those that wait longest first, and never about other APIs or what merely happened", async () => {
  const { rounds, gone } = roundsOf(false);
  const members = Array.from({ length: 70 }, (_, index) => makeMember(`p${index}`));
  const alerts = [
    makeAlert("point", { lifecycle: "point", members: [makeMember("rebooted")] }),
    makeAlert("volcano", {
      event: makeEvent({ involvedObject: { kind: "Job", apiVersion: "batch.volcano.sh/v1alpha1" } }),
      members: [makeMember("train", { kind: "Job" })],
    }),
    makeAlert("over", { phase: "resolved", members: [makeMember("over")] }),
    makeAlert("many", { members: [...members, makeMember("fine", { clearedAt: 1 })] }),
  ];
  for (const minute of [0, 1, 2, 10]) await gone.find(alerts, minute * 60_000);
  const names = (from: number, to: number): readonly string[] =>
    members.slice(from, to).map(({ name }) => `test/Pod/shop/${name}`);
  expect(rounds).toEqual([names(0, 50), names(50, 70), names(0, 50)]);
});

it("asks only about ten objects of alerts that nobody was told, where the engine asks about the others", async () => {
  const { rounds, gone } = roundsOf(true);
  const members = Array.from({ length: 15 }, (_, index) => makeMember(`p${index}`));
  const alerts = [
    makeAlert("told", { isTold: true, members: [makeMember("told")] }),
    makeAlert("silenced", { isTold: false, members }),
  ];
  for (const minute of [0, 1]) await gone.find(alerts, minute * 60_000);
  expect(rounds.map((objects) => objects.length)).toEqual([10, 5]);
  expect(rounds.flat().filter((object) => object.endsWith("told"))).toEqual([]);
});

import { readFileSync, writeFileSync } from "node:fs";

import { expect, it } from "vitest";

import { OBJECT_KINDS } from "../../src/object/index.ts";

const FILE = "chart/files/look-ups.json";

/** The resources of state look-ups by API group; those without a namespace apart, for no Role can allow them. */
function lookUps(): string {
  const groups = Map.groupBy(OBJECT_KINDS.values(), ({ group }) => group);
  const rows = [...groups].map(([apiGroup, kinds]) => {
    // A Role in a namespace may allow that namespace itself.
    const isInNamespace = ({ resource, isNamespaced }: (typeof kinds)[number]): boolean =>
      isNamespaced || resource === "namespaces";
    const names = (inNamespace: boolean): readonly string[] =>
      kinds
        .filter((kind) => isInNamespace(kind) === inNamespace)
        .map(({ resource }) => resource)
        .toSorted();
    return { apiGroup, resources: names(true), clusterResources: names(false) };
  });
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

it("the chart has the resources that look-ups read (UPDATE_DOCS=1 writes them)", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(FILE, lookUps());
  expect(JSON.parse(readFileSync(FILE, "utf8"))).toEqual(JSON.parse(lookUps()));
});

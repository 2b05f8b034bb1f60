import { describe, expect, it } from "vitest";
import { z } from "zod";

import { ListedAlertPage } from "../../src/api/schemas/alert.ts";
import { Problem } from "../../src/api/schemas/problem.ts";
import { SilencePreview } from "../../src/api/schemas/silence-preview.ts";
import { MadeSilence, SilenceList } from "../../src/api/schemas/silence.ts";
import { AppBed, broken, READ_TOKEN } from "../support/app-bed.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { ask, post } from "./ask.ts";

const RULES = `
rules:
  - { name: it, match: { reason: Broken }, severity: warning, identity: [object] }
  - { name: worse, match: { reason: Worse }, severity: critical, identity: [object] }
  - { name: often, match: { reason: Broken }, threshold: { count: 9, within: 10m } }
`;

const asked = (match: object) => ({ match, for: "2h", comment: "upgrade", author: "me" });

/** A bed in which `count` alerts fire in shop, one critical, and one in data. */
async function firing(count: number): Promise<AppBed> {
  const bed = await AppBed.open();
  bed.write("rules.yaml", RULES);
  await bed.ready();
  for (let index = 1; index < count; index++) bed.api.create(broken(`web-${index}`));
  bed.api.create(broken("db", "shop", { reason: "Worse" }));
  bed.api.create(broken("other", "data"));
  await bed.until(
    async () => (await ask(bed, "alerts?phase=firing&view=list", ListedAlertPage)).items.length === count + 1,
  );
  return bed;
}

describe("the preview of a silence", () => {
  it("shows what the silence holds back once it is made, and makes none", async () => {
    await using bed = await firing(3);
    const body = asked({ namespace: "shop" });
    const preview = await ask(bed, "silences/preview", SilencePreview, post(body, READ_TOKEN));
    expect(preview).toMatchObject({ firing: 3, critical: 1, firingInAll: 4, overlaps: [], warnings: [] });
    expect(preview.alerts.items.map(({ title }) => title).toSorted()).toEqual([
      "Broken: Pod web-1 in shop",
      "Broken: Pod web-2 in shop",
      "Worse: Pod db in shop",
    ]);
    expect((await ask(bed, "silences", SilenceList)).items).toEqual([]);
    const made = await ask(bed, "silences", MadeSilence, post(body));
    expect(made.alerts).toBe(preview.firing);
    const silenced = (await ask(bed, "alerts?view=list&phase=firing", ListedAlertPage)).items.filter(
      ({ condition }) => condition === "silenced",
    );
    expect(silenced.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(
      preview.alerts.items.map(({ fingerprint }) => fingerprint).toSorted(),
    );
  });

  it.each([
    { match: { rule: "worse" }, names: ["db"] },
    { match: { name: { like: "web-*" } }, names: ["web-1", "web-2"] },
    { match: { name: { regex: "^(db|other)$" } }, names: ["db", "other"] },
    { match: { namespace: { like: "da*" } }, names: ["other"] },
    { match: { namespace: "none" }, names: [] },
  ])("matches as the silence does: $match", async ({ match, names }) => {
    await using bed = await firing(3);
    const found = (await ask(bed, "silences/preview", SilencePreview, post(asked(match)))).alerts.items;
    expect(found.map(({ title }) => /Pod (\S+) in/u.exec(title)?.[1] ?? "").toSorted()).toEqual(names);
    expect((await ask(bed, "silences", MadeSilence, post(asked(match)))).alerts).toBe(names.length);
  });

  it("counts a silence of everything, and names those that it overlaps", async () => {
    await using bed = await firing(2);
    const { id } = await ask(bed, "silences", MadeSilence, post(asked({ namespace: "data" })));
    await ask(bed, "silences", MadeSilence, post(asked({ namespace: "elsewhere" })));
    const everything = asked({ cluster: "test" });
    expect(await ask(bed, "silences/preview", SilencePreview, post(everything))).toMatchObject({
      firing: 3,
      firingInAll: 3,
      overlaps: [id],
    });
    // The one that is changed does not overlap itself.
    const changed = await ask(bed, `silences/preview?id=${id}`, SilencePreview, post(everything));
    expect(changed.overlaps).toEqual([]);
  });

  it("comes in pages, and counts all on each", async () => {
    await using bed = await firing(5);
    const titles: string[] = [];
    let cursor = "";
    for (;;) {
      const path = `silences/preview?limit=2${cursor}`;
      const preview = await ask(bed, path, SilencePreview, post(asked({ namespace: "shop" })));
      expect(preview).toMatchObject({ firing: 5, critical: 1 });
      titles.push(...preview.alerts.items.map(({ title }) => title));
      if (preview.alerts.next === null) break;
      cursor = `&cursor=${preview.alerts.next}`;
    }
    expect(titles).toHaveLength(5);
    expect(new Set(titles).size).toBe(5);
  });

  it("has the faults and the warnings of the silence itself", async () => {
    await using bed = await firing(1);
    for (const body of [
      asked({}),
      asked({ namespace: { like: "*" } }),
      { ...asked({ namespace: "shop" }), comment: "" },
      { match: { namespace: "shop" }, comment: "c", author: "a" },
      asked({ namespce: "shop" }),
    ]) {
      const preview = await ask(bed, "silences/preview", Problem, { ...post(body), status: 400 });
      expect(await ask(bed, "silences", Problem, { ...post(body), status: 400 })).toEqual(preview);
      expect(preview.faults?.length).toBeGreaterThan(0);
    }
    const odd = asked({ rule: "its" });
    const { warnings } = await ask(bed, "silences/preview", SilencePreview, post(odd));
    expect(warnings).toEqual((await ask(bed, "silences", MadeSilence, post(odd))).warnings);
    expect(warnings).toHaveLength(1);
    await ask(bed, "silences/preview?id=none", Problem, { ...post(odd), status: 404 });
  });

  it("takes hostile texts for texts", async () => {
    await using bed = await firing(1);
    for (const text of Object.values(HOSTILE_TEXTS).filter((each) => each.length < 1000)) {
      const { status, body } = await bed.get("/api/v1/silences/preview", post(asked({ name: text })));
      // Some are refused: they look like patterns, or are empty.
      const answer = z.union([SilencePreview, Problem]).parse(JSON.parse(body));
      expect({ status, firing: "firing" in answer ? answer.firing : 0 }).toEqual({
        status: "firing" in answer ? 200 : 400,
        firing: 0,
      });
    }
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { strict } from "../../src/lib/schema.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import { findSecrets, openSecret, PlainOrSecret, secretFaults } from "../../src/lib/secret-option.ts";
import { SecretRef } from "../../src/lib/secret.ts";

const schema = strict({
  token: SecretRef.optional(),
  refined: SecretRef.refine(() => true).optional(),
  url: PlainOrSecret.optional(),
  list: z.array(SecretRef).default([]),
  headers: z.record(z.string(), PlainOrSecret).optional(),
  auth: z
    .union([strict({ bearer: SecretRef }), strict({ basic: strict({ password: SecretRef }) })])
    .optional(),
  deep: strict({ key: SecretRef }).prefault({ key: "x" }),
  plain: z.string().optional(),
});

describe("findSecrets", () => {
  it("finds references and literals, with the way to them and whether they may be plain", () => {
    const value = { token: { env: "TOKEN" }, list: ["a", 3], headers: { x: { file: "x" } }, plain: "p" };
    expect(findSecrets(schema, value, ["server"])).toEqual([
      { ref: { env: "TOKEN" }, path: ["server", "token"], mayBePlain: false },
      { ref: "a", path: ["server", "list", 0], mayBePlain: false },
      { ref: { file: "x" }, path: ["server", "headers", "x"], mayBePlain: true },
    ]);
  });
});

describe("secretFaults", () => {
  it.each([
    { value: { token: "hunter2" }, path: ["token"] },
    { value: { refined: "hunter2" }, path: ["refined"] },
    { value: { list: [{ env: "A" }, "hunter2"] }, path: ["list", 1] },
    { value: { auth: { bearer: "hunter2" } }, path: ["auth", "bearer"] },
    { value: { auth: { basic: { password: "hunter2" } } }, path: ["auth", "basic", "password"] },
    { value: { deep: { key: "hunter2" } }, path: ["deep", "key"] },
  ])("warns of a literal in $value, without repeating it", ({ value, path }) => {
    const faults = secretFaults(schema, value);
    expect(faults).toMatchObject([{ level: "warning", path }]);
    expect(JSON.stringify(faults)).not.toContain("hunter2");
  });

  it.each(["$TOKEN", "${TOKEN}", "https://x.example/${TOKEN}", "{{ token }}", "a {{\ntoken\n}}"])(
    "takes %j as a reference that nothing will expand",
    (text) => {
      for (const value of [{ token: text }, { url: text }, { headers: { a: text } }]) {
        expect(secretFaults(schema, value)).toMatchObject([{ level: "error" }]);
      }
    },
  );

  it.each([
    { token: { env: "TOKEN" } },
    { token: { file: "$HOME" } },
    { url: "https://x.example/?price=$5" },
    { headers: { a: "b" } },
    { plain: "$TOKEN" },
    { unknown: "$TOKEN" },
    "not an object",
    null,
  ])("finds nothing in %j", (value) => {
    expect(secretFaults(schema, value)).toEqual([]);
  });
});

describe("openSecret", () => {
  it("opens every form, and what it reveals is scrubbed from then on", async () => {
    const directory = await mkdtemp(join(tmpdir(), "tocsin-secret-"));
    await writeFile(join(directory, "token"), "from the file\n");
    const scrubber = createScrubber();
    const deps = {
      env: { TOKEN: "from the environment" },
      resolvePath: (path: string) => join(directory, path),
      scrubber,
    };
    const secrets = (["a literal one", { env: "TOKEN" }, { file: "token" }] as const).map((ref) =>
      openSecret(ref, deps),
    );
    const values = ["a literal one", "from the environment", "from the file"];
    const leak = values.join(" / ");
    expect(scrubber.scrub(leak)).toBe(leak);
    expect(secrets.map((secret) => secret.reveal())).toEqual(values);
    expect(scrubber.scrub(leak)).toBe("[redacted] / [redacted] / [redacted]");
    await writeFile(join(directory, "token"), "a rotated value\n");
    expect(secrets[2]?.reveal()).toBe("a rotated value");
    expect(scrubber.scrub("a rotated value")).toBe("[redacted]");
    await rm(directory, { recursive: true });
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { redact } from "../../src/config/redact.ts";
import { unresolvedSecrets } from "../../src/config/secrets.ts";
import { findSecrets, PlainOrSecret } from "../../src/lib/secret-option.ts";
import { SecretRef } from "../../src/lib/secret.ts";

const Options = z.strictObject({
  url: PlainOrSecret,
  auth: z.union([z.strictObject({ bearer: SecretRef }), z.strictObject({ user: z.string() })]).optional(),
  tokens: z.array(SecretRef).default([]),
  headers: z.record(z.string(), PlainOrSecret).optional().describe("further headers"),
  template: z.unknown(),
});

const value = {
  url: "https://hooks.example.com/x",
  auth: { bearer: { env: "BEARER" } },
  tokens: ["literal", { file: "token" }],
  headers: { "x-key": { file: "key" } },
  template: { env: "prod" },
};

describe("redact", () => {
  it("replaces literals where a secret may stand and keeps references", () => {
    expect(redact(value, findSecrets(Options, value, []))).toEqual({
      ...value,
      url: "[redacted]",
      tokens: ["[redacted]", { file: "token" }],
    });
  });
});

describe("unresolvedSecrets", () => {
  it("names what is missing or empty, by the place that refers to it", async () => {
    const baseDir = await mkdtemp(join(tmpdir(), "tocsin-secrets-"));
    await writeFile(join(baseDir, "there"), "value\n");
    await writeFile(join(baseDir, "empty"), "\n");
    const place = { file: "tocsin.yaml", line: 4, column: 7, path: "sinks[0].url" };
    const refs = [
      { file: "there" },
      { file: "gone" },
      { file: "empty" },
      { env: "THERE" },
      { env: "GONE" },
      "literal",
    ];
    const findings = unresolvedSecrets(
      { secrets: refs.map((ref) => ({ ref, ...place })), baseDir },
      { THERE: "x" },
    );
    await rm(baseDir, { recursive: true });
    expect(findings.map(({ message }) => message)).toEqual([
      `secret file ${join(baseDir, "gone")} cannot be read (ENOENT)`,
      `secret file ${join(baseDir, "empty")} is empty`,
      "secret environment variable GONE is not set",
    ]);
    expect(findings[0]).toMatchObject({ level: "warning", ...place });
  });
});

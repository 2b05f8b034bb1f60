import { describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";
import { judgeSkew, skewOf } from "../../src/doctor/api-server.ts";
import { judgeConfiguration } from "../../src/doctor/configuration.ts";
import { judgeTtl } from "../../src/doctor/events.ts";
import { judgeStore } from "../../src/doctor/store.ts";
import { scopesOf, type Survey } from "../../src/source/index.ts";

const MINUTE = 60_000;
const GIB = 1024 ** 3;
const [scope] = scopesOf("core", []);

describe("the configuration", () => {
  it.each([
    { cluster: "c", contextName: "", level: "ok" },
    { cluster: undefined, contextName: "dev", level: "ok" },
    { cluster: undefined, contextName: "", level: "fail" },
  ])("with cluster $cluster and context '$contextName' is $level", async (given) => {
    const { cluster, contextName, level } = given;
    const { configuration } = await loadConfiguration({
      file: undefined,
      builtinWithoutFile: true,
      env: {},
      cwd: "/nowhere",
    });
    if (configuration === undefined) throw new Error("the builtin configuration is not usable");
    const process = { ...configuration.process, cluster };
    const verdict = judgeConfiguration({ ...configuration, process }, [], { missing: [], contextName });
    expect(verdict.level).toBe(level);
    expect(verdict.detail.includes("cluster: missing")).toBe(level === "fail");
  });
});

describe("the clock", () => {
  it.each([
    { ahead: 0, level: "ok", detail: "no difference to the API server" },
    { ahead: 500, level: "ok", detail: "no difference to the API server" },
    { ahead: -1900, level: "ok", detail: "1.9 s behind the API server" },
    { ahead: 2400, level: "ok", detail: "2.4 s ahead of the API server" },
    { ahead: 3000, level: "warn", detail: "3.0 s ahead of the API server" },
    { ahead: -29_000, level: "warn", detail: "29.0 s behind the API server" },
    { ahead: -31_000, level: "fail", detail: "31.0 s behind the API server" },
    { ahead: 3_600_000, level: "fail", detail: "3600.0 s ahead of the API server" },
  ])("that is $ahead ms ahead is $level", ({ ahead, level, detail }) => {
    const verdict = judgeSkew({ aheadMs: ahead, precisionMs: 510 });
    expect(verdict).toMatchObject({ level, detail });
    expect(verdict.hint === "").toBe(level === "ok");
  });

  it("is compared with the middle of the second that the server named, and of the time that the answer took", () => {
    // Said somewhere in the second that began at 10,000, between 12,000 and 12,400 of ours.
    expect(skewOf(10_000, 12_000, 12_400)).toEqual({ aheadMs: 1700, precisionMs: 700 });
  });

  it("does not blame a clock for a slow answer", () => {
    expect(judgeSkew(skewOf(10_000, 10_000, 40_000)).level).toBe("ok");
  });

  it("that cannot be compared is a warning", () => {
    expect(judgeSkew(undefined).level).toBe("warn");
  });
});

describe("how long Events are kept", () => {
  const listed = (...surveys: readonly Partial<Survey>[]) =>
    surveys.flatMap((survey) =>
      scope === undefined
        ? []
        : [
            {
              scope,
              survey: { resourceVersion: "1", events: 10, complete: true, oldestMs: undefined, ...survey },
            },
          ],
    );

  it.each([
    {
      title: "is not known without Events",
      surveys: [{ events: 0 }],
      level: "ok",
      detail: "no Events to tell it by; kubernetes.eventTtl is 1h",
    },
    {
      title: "is at least the age of the oldest",
      surveys: [{ oldestMs: 20 * MINUTE }, { oldestMs: 58 * MINUTE }, {}],
      level: "ok",
      detail: "at least 58 min, the age of the oldest of 30 Events; kubernetes.eventTtl is 1h",
    },
    {
      title: "may be exceeded a little",
      surveys: [{ oldestMs: 64 * MINUTE }],
      level: "ok",
      detail: "at least 1 h 4 min, the age of the oldest of 10 Events; kubernetes.eventTtl is 1h",
    },
    {
      title: "is configured too short when older ones are there",
      surveys: [{ oldestMs: 20 * MINUTE }, { oldestMs: 66 * MINUTE }],
      level: "warn",
      detail: "at least 1 h 6 min, the age of the oldest of 20 Events; kubernetes.eventTtl is 1h",
    },
    {
      title: "is configured too long when many are there and all of them are young",
      surveys: [{ events: 200, oldestMs: 29 * MINUTE }],
      level: "warn",
      detail: "at least 29 min, the age of the oldest of 200 Events; kubernetes.eventTtl is 1h",
    },
    {
      title: "is not told by few Events",
      surveys: [{ events: 199, oldestMs: 5 * MINUTE }],
      level: "ok",
      detail: "at least 5 min, the age of the oldest of 199 Events; kubernetes.eventTtl is 1h",
    },
    {
      title: "is not told by a part of them",
      surveys: [{ events: 10_000, oldestMs: 5 * MINUTE, complete: false }],
      level: "ok",
      detail: "at least 5 min, the age of the oldest of the first 10000 Events; kubernetes.eventTtl is 1h",
    },
  ])("$title", ({ surveys, level, detail }) => {
    const verdict = judgeTtl(listed(...surveys), 60 * MINUTE);
    expect(verdict).toMatchObject({ level, detail });
    expect(verdict.hint.includes("--event-ttl")).toBe(level === "warn");
  });

  it("is a failure when nothing can be listed, and a matter of the rest when one place cannot", () => {
    const trouble = scope === undefined ? [] : [{ scope, trouble: "403 forbidden" }];
    expect(judgeTtl(trouble, 60 * MINUTE)).toMatchObject({ level: "fail", detail: "403 forbidden" });
    expect(judgeTtl([...trouble, ...listed({ oldestMs: MINUTE })], 60 * MINUTE).level).toBe("ok");
  });
});

describe("the place of the state file", () => {
  const facts = {
    path: "/data/tocsin.db",
    look: {
      state: "free",
      bytes: 1.5 * 1024 ** 2,
      folder: "/data",
      copiedAt: undefined,
      damage: undefined,
    },
    // ext4
    fileSystem: 0xef53,
    freeBytes: 20 * GIB,
    maxBytes: GIB,
  } as const;

  it.each([
    {
      title: "with room is fine",
      given: {},
      level: "ok",
      detail: "/data/tocsin.db is there (1.5 MiB); 20 GiB free",
    },
    {
      title: "that a bridge works on is fine",
      given: { look: { ...facts.look, state: "in-use" } },
      level: "ok",
      detail: "/data/tocsin.db is in use by a running bridge; 20 GiB free",
    },
    {
      title: "that is not there yet is fine",
      given: { look: { ...facts.look, state: "absent", bytes: 0, folder: "/" } },
      level: "ok",
      detail: "/data/tocsin.db will be made; 20 GiB free",
    },
    { title: "on btrfs is fine", given: { fileSystem: 0x9123683e }, level: "ok", detail: "20 GiB free" },
    { title: "on NFS fails", given: { fileSystem: 0x6969 }, level: "fail", detail: "; on NFS" },
    { title: "on CIFS fails", given: { fileSystem: 0xff534d42 }, level: "fail", detail: "; on CIFS" },
    { title: "on SMB fails", given: { fileSystem: 0xfe534d42 }, level: "fail", detail: "; on SMB" },
    { title: "on 9p fails", given: { fileSystem: 0x01021997 }, level: "fail", detail: "; on 9p" },
    { title: "on FUSE is a doubt", given: { fileSystem: 0x65735546 }, level: "warn", detail: "; on FUSE" },
    {
      title: "in memory is a doubt",
      given: { fileSystem: 0x01021994 },
      level: "warn",
      detail: "memory (tmpfs)",
    },
    {
      title: "in the container is a doubt",
      given: { fileSystem: 0x794c7630 },
      level: "warn",
      detail: "the container's own layer (overlay)",
    },
    {
      title: "with less room than it may take is a doubt",
      given: { freeBytes: GIB / 2 },
      level: "warn",
      detail: "512 MiB free",
    },
    {
      title: "counts what it has already as room",
      given: { freeBytes: 0.625 * GIB, look: { ...facts.look, bytes: GIB / 2 } },
      level: "ok",
      detail: "is there (512 MiB); 640 MiB free",
    },
    {
      title: "says when it was copied",
      given: { look: { ...facts.look, copiedAt: Date.UTC(2026, 5, 1, 3, 12) } },
      level: "ok",
      detail: "is there (1.5 MiB); copied 2026-06-01 03:12Z;",
    },
    {
      title: "without room for a copy is a doubt",
      given: { freeBytes: GIB / 2, look: { ...facts.look, bytes: GIB / 2 - 1 }, maxBytes: GIB / 2 },
      level: "warn",
      detail: "512 MiB free",
    },
    {
      title: "that a running bridge has found damaged fails",
      given: { look: { ...facts.look, damage: "page 7" } },
      level: "fail",
      detail: "/data/tocsin.db is damaged: page 7",
    },
    {
      title: "without room fails",
      given: { freeBytes: 0 },
      level: "fail",
      detail: "/data/tocsin.db is there (1.5 MiB); 0 B free",
    },
  ] as const)("$title", ({ given, level, detail }) => {
    const verdict = judgeStore({ ...facts, ...given });
    expect(verdict.level).toBe(level);
    expect(verdict.detail).toContain(detail);
    expect(verdict.hint === "").toBe(level === "ok");
  });
});

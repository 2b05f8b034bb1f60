import { describe, expect, it } from "vitest";

import { AppBed, broken, WRITE_TOKEN } from "../support/app-bed.ts";
import { runCommand } from "./run-command.ts";

async function run(bed: AppBed, argv: readonly string[]): ReturnType<typeof runCommand> {
  const env = { TOCSIN_SERVER: bed.address, TOCSIN_TOKEN: WRITE_TOKEN, USER: "ada" };
  return runCommand(["silence", ...argv], { env, clock: bed.clock });
}

describe("tocsin silence", () => {
  it("makes one, lists it, and ends it", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    expect((await run(bed, ["list"])).stdout).toBe("nothing is silenced\n");
    const added = await run(bed, [
      "add",
      "--match",
      "name=web-*",
      "--match",
      "namespace!=kube-system",
      "--for",
      "2h",
      "--comment",
      "upgrade",
    ]);
    expect(added).toMatchObject({ status: 0, stderr: "" });
    const [, id = ""] =
      /^silence (\w+): ends in 2 h; it matches no alert that fires now$/mu.exec(added.stdout) ?? [];
    expect(id).not.toBe("");
    bed.api.create(broken("web-1"));
    await bed.until(async () => (await run(bed, ["list"])).stdout.includes("ago"));
    const listed = (await run(bed, ["list"])).stdout;
    expect(listed.split("\n")[0]).toMatch(/^ID +STATE +FIRING +USED +MATCH +AUTHOR +COMMENT$/u);
    expect(listed).toMatch(
      /ends in .* 1 .* ago +name=web-\* namespace!=kube-system +ada +upgrade\n\n1 silence\n/u,
    );
    expect(await run(bed, ["expire", id, "nope"])).toEqual({
      status: 1,
      stdout: `silence ${id} is over; it matched 1 firing alert\n`,
      stderr: expect.stringContaining('there is no silence "nope"') as string,
    });
    await bed.arrived(1);
    expect((await run(bed, ["list"])).stdout).toBe("nothing is silenced\n");
    expect((await run(bed, ["list", "--all"])).stdout).toContain("over for");
  });

  it.each([
    [["add", "--comment", "x", "--for", "2h"], "required option '--match <key=pattern>' not specified"],
    [
      ["add", "--match", "shop", "--for", "2h", "--comment", "x"],
      "expected KEY=PATTERN such as namespace=shop",
    ],
    [["add", "--match", "name=a", "--match", "name=b", "--for", "2h", "--comment", "x"], "name stands twice"],
    [
      ["add", "--match", "nam=a", "--for", "2h", "--comment", "x"],
      'tocsin: --match nam: unknown label "nam"; did you mean "name"? (ERR_USAGE)',
    ],
    [
      ["add", "--match", "severity=crit", "--for", "2h", "--comment", "x"],
      'tocsin: --match severity: unknown severity "crit"; did you mean "critical"? (ERR_USAGE)',
    ],
    [
      ["add", "--match", "rule=no-such-rule", "--for", "2h", "--comment", "x"],
      'tocsin: --match rule: unknown rule "no-such-rule"',
    ],
    [
      ["add", "--match", "name=a", "--comment", "x"],
      "tocsin: say when it ends: --for 2h, --until TIME or --until-resolved (ERR_USAGE)",
    ],
    [
      ["add", "--match", "name=a", "--until-resolved", "--until", "2199-01-01T00:00:00Z", "--comment", "x"],
      "tocsin: --until-resolved: stands instead of until",
    ],
    [
      ["add", "--match", "name=a", "--for", "2 hours", "--comment", "x"],
      'tocsin: --for: not a duration: "2 hours"',
    ],
  ])("refuses %j", async (argv, message) => {
    await using bed = await AppBed.open();
    await bed.start();
    const { status, stderr } = await run(bed, argv);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it("says with --json what the bridge said", async () => {
    await using bed = await AppBed.open();
    await bed.start();
    const { stdout } = await run(bed, [
      "add",
      "--match",
      "name=/^web-\\d$/",
      "--until-resolved",
      "--comment",
      "x",
      "--author",
      "me",
      "--json",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      match: { name: { regex: "^web-\\d$" } },
      untilResolved: true,
      until: null,
      author: "me",
    });
  });
});

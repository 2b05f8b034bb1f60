import { existsSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { AppBed, broken, CANARY, HOOK } from "../support/app-bed.ts";
import { captureIo } from "./run-command.ts";

/** Two faults in the configuration, and one of each kind in the rule file. */
const BROKEN_CONFIGURATION = `cluster: test
kubernetes: { kubeconfig: kubeconfig }
state: { path: state.db }
rules: [rules.yaml]
sinks:
  - { name: hook, type: webhook, url: { file: hook-url }, methd: PUT }
route: { sinks: [hok] }
`;
const BROKEN_RULES = `rules:
  - name: key
    match: { reasn: X }
  - name: expression
    match: { reason: X, message: { regex: "(" } }
  - name: condition
    match: { reason: X }
    when: event.cuont > 3
`;

describe("tocsin run", () => {
  it("says everything that is wrong, with positions, and starts nothing", async () => {
    await using bed = await AppBed.open();
    bed.write("tocsin.yaml", BROKEN_CONFIGURATION);
    bed.write("rules.yaml", BROKEN_RULES);
    expect(await bed.launch()).toBe(2);
    const places = bed.stderr.split("\n").map((line) => line.slice(bed.directory.length + 1));
    expect(places.filter((place) => place !== "")).toEqual([
      expect.stringMatching(/^tocsin\.yaml:6:\d+: sinks\[0\]\.methd: .*did you mean "method"/u),
      expect.stringMatching(
        /^tocsin\.yaml:7:\d+: route\.sinks\[0\]: unknown sink "hok"; did you mean "hook"/u,
      ),
      expect.stringMatching(/^rules\.yaml:3:\d+: rules\[0\]\.match\.reasn: .*did you mean "reason"/u),
      expect.stringMatching(/^rules\.yaml:5:\d+: rules\[1\]\.match\.message\.regex: /u),
      expect.stringMatching(/^rules\.yaml:8:\d+: rules\[2\]\.when: .*cuont/u),
    ]);
    expect(bed.stdout).toBe("");
    expect(existsSync(join(bed.directory, "state.db"))).toBe(false);
    expect(bed.address).toBe("");
  });

  it.each([
    {
      what: "a file",
      break: (bed: AppBed) => rmSync(join(bed.directory, "hook-url")),
      says: /^\S+tocsin\.yaml:1:\d+: sinks\[0\]\.url: secret file \S+hook-url cannot be read \(ENOENT\)$/mu,
    },
    {
      what: "an empty file",
      break: (bed: AppBed) => bed.write("hook-key", "\n"),
      says: /^\S+tocsin\.yaml:1:\d+: sinks\[0\]\.headers\.x-key: secret file \S+hook-key is empty$/mu,
    },
    {
      what: "a variable",
      break: (bed: AppBed) => bed.configure({ sinks: [{ ...HOOK, url: { env: "HOOK_URL" } }] }),
      says: /^\S+tocsin\.yaml:1:\d+: sinks\[0\]\.url: secret environment variable HOOK_URL is not set$/mu,
    },
    {
      what: "a file of the server's tokens",
      break: (bed: AppBed) => rmSync(join(bed.directory, "write-token")),
      says: /^\S+tocsin\.yaml:1:\d+: server\.tokens\.write\[0\]: secret file \S+write-token cannot be read/mu,
    },
  ])("refuses to start without a secret: $what", async ({ break: breakIt, says }) => {
    await using bed = await AppBed.open();
    breakIt(bed);
    expect(await bed.launch()).toBe(2);
    expect(bed.stderr).toMatch(says);
    expect(existsSync(join(bed.directory, "state.db"))).toBe(false);
  });

  it.each([
    { what: "a key", text: `sinks: [{ name: a, type: webhook, url: "http://u:${CANARY}@h", methd: X }]` },
    { what: "a URL", text: `sinks: [{ name: a, type: webhook, url: "htp://u:${CANARY}@h" }]` },
    { what: "a type", text: `sinks: [{ name: a, type: webhook, url: { fil: ${CANARY} } }]` },
    { what: "a reference", text: `sinks: [{ name: a, type: slack, url: "\${${CANARY}}" }]` },
    {
      what: "a header",
      text: `sinks: [{ name: a, type: webhook, url: "http://h", headers: { x: [${CANARY}] } }]`,
    },
    { what: "YAML", text: `sinks: [{ name: a, url: "http://u:${CANARY}@h" ` },
    { what: "a place", text: `sinks: { url: "http://u:${CANARY}@h" }` },
    { what: "a token", text: `server: { tokens: { write: ${CANARY} } }` },
  ])("repeats no secret of a file with a fault: $what", async ({ text }) => {
    await using bed = await AppBed.open();
    bed.write("tocsin.yaml", `${text}\n`);
    expect(await bed.launch()).toBe(2);
    expect(bed.stderr).toMatch(/tocsin\.yaml:\d+:\d+: /u);
    expect(bed.stderr).not.toContain(CANARY);
  });

  it.each([
    {
      what: "no kubeconfig",
      break: (bed: AppBed) => rmSync(join(bed.directory, "kubeconfig")),
      says: /^tocsin: .*kubeconfig.* \(ERR_CREDENTIALS\)$/mu,
    },
    {
      what: "no context",
      break: (bed: AppBed) => bed.write("kubeconfig", { clusters: [] }),
      says: /^tocsin: .*context.* \(ERR_CREDENTIALS\)$/mu,
    },
    {
      what: "no API server named anywhere",
      break: (bed: AppBed) => {
        bed.env["HOME"] = bed.directory;
        bed.configure({ kubernetes: {} });
      },
      says: /^tocsin: .*kubeconfig.* \(ERR_CREDENTIALS\)$/mu,
    },
  ])("says what is missing of the cluster: $what", async ({ break: breakIt, says }) => {
    await using bed = await AppBed.open();
    breakIt(bed);
    expect(await bed.launch()).toBe(2);
    expect(bed.stderr).toMatch(says);
    expect(existsSync(join(bed.directory, "state.db"))).toBe(false);
  });

  it("names the cluster after the context when the configuration does not", async () => {
    await using bed = await AppBed.open();
    bed.configure({ cluster: undefined });
    await bed.ready();
    expect(bed.logged("tocsin runs")).toMatchObject([{ cluster: "c" }]);
  });

  it("refuses an address that is taken, and leaves nothing open", async () => {
    await using bed = await AppBed.open();
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    // A TCP server has such an address.
    const { port } = other.address() as { readonly port: number };
    bed.configure({ server: { listen: `127.0.0.1:${port}` } });
    expect(await bed.launch()).toBe(2);
    expect(bed.stderr).toContain(`server.listen: 127.0.0.1:${port} is taken by another process`);
    other.close();
    bed.configure();
    await bed.ready();
  });

  it("refuses a state file that another process uses, which goes on", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    await using second = await AppBed.open();
    second.configure({ state: { path: join(bed.directory, "state.db") } });
    expect(await second.launch()).toBe(1);
    expect(second.stderr).toMatch(/^tocsin: state file \S+state\.db is in use by another process/mu);
    expect(await bed.isReady()).toBe(true);
  });

  it("takes in a rule file that is edited while it starts", async () => {
    await using bed = await AppBed.open();
    bed.configure({
      server: { listen: "127.0.0.1:0", tokens: { write: ["a secret written into the file"] } },
    });
    bed.onStderr = (text) => {
      if (text.includes("warning: "))
        bed.write("rules.yaml", "rules: [{ name: it, match: { reason: Other } }]");
    };
    await bed.ready();
    await bed.until(() => bed.logged("the changed configuration is in use").length === 1);
    bed.api.create(broken("old"));
    bed.api.create(broken("new", "shop", { reason: "Other" }));
    await bed.arrived(1);
    expect(bed.told()).toEqual(["new"]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends in order on %s while it starts", async (name) => {
    await using bed = await AppBed.open();
    const { io, written } = captureIo({ cwd: bed.directory, clock: bed.clock, env: bed.env });
    let listeners = 0;
    const status = await main(["run"], {
      ...io,
      onSignal: (handle) => {
        listeners += 1;
        queueMicrotask(() => handle(name));
        return () => {
          listeners = 0;
        };
      },
    });
    expect([status, listeners]).toEqual([0, 0]);
    expect(written.stderr).toContain("stopping; a second signal ends at once");
    expect(written.stderr).not.toContain("tocsin runs");
    // Nothing holds the state file or the port.
    await bed.ready();
  });

  it("ends on SIGINT as on SIGTERM", async () => {
    await using bed = await AppBed.open();
    const ended = bed.launch();
    await bed.until(() => bed.logged("watching events").length === 1);
    bed.signal("SIGINT");
    expect(await ended).toBe(0);
    expect(bed.stderr.trimEnd().split("\n").at(-1)).toContain("tocsin has stopped");
  });
});

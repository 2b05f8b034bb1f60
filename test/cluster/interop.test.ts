import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseEvents } from "../../src/cli/event-input.ts";
import { openClient } from "../../src/kube/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { wholeText } from "../../src/simulate/recording.ts";
import { readPage } from "../docs/pages.ts";
import {
  type ControlPlane,
  findBuilt,
  isControlPlaneMissing,
  startControlPlane,
} from "../support/control-plane.ts";
import { type Json, Kubectl } from "../support/kubectl.ts";
import {
  KNOWN_DIFFERENCES,
  type Recordings,
  reportAsRecorded,
  shapeOf,
} from "../support/recorder-scenario.ts";

const FILE = "test/fixtures/recorders.json";

describe.skipIf(isControlPlaneMissing())("Events of client-go's recorders and ours, side by side", () => {
  let plane: ControlPlane;
  let kubectl: Kubectl;
  let theirs: Recordings;

  const eventsIn = async (namespace: string): Promise<readonly Json[]> =>
    (await kubectl.json("get", "events", "-n", namespace)).items;

  /** In a namespace of this name; answers their uids. */
  async function createDeployments(namespace: string): Promise<{ legacy: string; newer: string }> {
    await kubectl.run("create", "namespace", namespace);
    const create = async (name: string): Promise<string> => {
      const made = await kubectl.json(
        "create",
        "deployment",
        name,
        "--image",
        "registry.example/web:1",
        "-n",
        namespace,
      );
      return made.metadata.uid;
    };
    return { legacy: await create("legacy"), newer: await create("newer") };
  }

  beforeAll(async () => {
    plane = await startControlPlane();
    kubectl = new Kubectl(plane);
    const uids = await createDeployments("theirs");
    execFileSync(findBuilt("recorders"), [
      `-kubeconfig=${kubectl.kubeconfig}`,
      "-namespace=theirs",
      `-legacy=${uids.legacy}`,
      `-newer=${uids.newer}`,
    ]);
    const found = await eventsIn("theirs");
    const about = (name: string): Json => found.find((event) => event.involvedObject.name === name);
    theirs = { legacy: about("legacy"), newer: about("newer") };
    await reportAsRecorded(theirs, "ours", {
      clock: systemClock,
      random: Math.random,
      uids: await createDeployments("ours"),
      client: () =>
        openClient({ kubeconfig: kubectl.kubeconfig, context: "" }, { env: {}, clock: systemClock }),
    });
  });

  afterAll(async () => {
    kubectl?.[Symbol.dispose]();
    await plane?.stop();
  });

  it("are what the recordings say that others write", () => {
    // UPDATE_RECORDINGS=1 records anew.
    if (process.env["UPDATE_RECORDINGS"] === "1") writeFileSync(FILE, `${JSON.stringify(theirs, null, 2)}\n`);
    const recorded = JSON.parse(readFileSync(FILE, "utf8")) as Recordings;
    const here = (event: Json): Json => shapeOf({ ...event, reportingInstance: "" });
    expect(here(theirs.legacy)).toEqual(here(recorded.legacy));
    expect(here(theirs.newer)).toEqual(here(recorded.newer));
  });

  it("are the same field by field, but for what is known", async () => {
    const ours = await eventsIn("ours");
    expect(ours).toHaveLength(2);
    for (const name of ["legacy", "newer"] as const) {
      const own = ours.find((event) => event.involvedObject.name === name);
      expect(shapeOf(own)).toEqual({ ...shapeOf(theirs[name]), ...KNOWN_DIFFERENCES[name] });
    }
  });

  it("are the same to the bridge, read off what kubectl prints", async () => {
    const read = async (namespace: string) => {
      const yaml = await kubectl.run("get", "events", "-n", namespace, "-o", "yaml");
      const { events } = await parseEvents({ file: "yaml", chunks: wholeText(yaml) }, ({ message }) =>
        expect(message).toBe(""),
      );
      return events
        .map(({ type, reason, message, source, count, series, involvedObject }) => {
          const { kind, apiVersion, name } = involvedObject;
          return { kind, apiVersion, name, type, reason, message, source, count, series };
        })
        .toSorted((a, b) => byText(a.name, b.name));
    };
    const [legacy, newer, ...others] = await read("ours");
    expect(others).toEqual([]);
    expect(await read("theirs")).toEqual([legacy, newer]);
    expect(newer).toMatchObject({ count: 2, series: true, source: { component: "shop.example/injector" } });
    expect(legacy).toMatchObject({ count: 2, series: false, source: { component: "shop.example/injector" } });
  });

  it("are written by the Go program of docs/producers.md", async () => {
    const program = readPage("docs/producers.md").blocks.find(({ language }) => language === "go");
    // In the module that has client-go.
    const directory = "test/cluster/example.generated";
    mkdirSync(directory);
    try {
      writeFileSync(`${directory}/main.go`, program?.text ?? "");
      await kubectl.run("create", "namespace", "shop");
      // As the control plane's programs are built, so that Go has compiled client-go already.
      execFileSync("go", ["run", "-trimpath", "./example.generated"], {
        cwd: "test/cluster",
        env: { ...process.env, KUBECONFIG: kubectl.kubeconfig },
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
    expect(await eventsIn("shop")).toMatchObject([
      {
        reason: "InjectionFailed",
        message: 'there is no injection profile "databse"',
        reportingComponent: "shop.example/injector",
        involvedObject: { kind: "Deployment", name: "web" },
      },
    ]);
  });

  it("look the same to people", async () => {
    const columns = async (...command: readonly string[]): Promise<readonly string[]> => {
      const lines = (await kubectl.run(...command)).trim().split("\n").slice(1);
      // The age differs.
      return lines
        .map((line) => line.replace(/^\S+( \(.*?\))?\s+/u, "").replaceAll(/\s+/gu, " "))
        .toSorted(byText);
    };
    for (const command of [["get", "events"], ["events"]]) {
      const shown = await columns(...command, "-n", "ours");
      expect(shown).toEqual(await columns(...command, "-n", "theirs"));
      expect(shown).toHaveLength(2);
      expect(shown[0]).toMatch(/^Warning InjectionFailed \S*deployment\S*\/legacy no database/iu);
    }
    const described = async (name: string, namespace: string): Promise<string> => {
      const text = await kubectl.run("describe", "deployment", name, "-n", namespace);
      // Type, reason, age, from, message: the age differs.
      const [, line = ""] = /^Events:\n.*\n.*\n(.*)$/mu.exec(text) ?? [];
      return line.replace(/(?:\d+[smh])+(?: \(x2 over (?:\d+[smh])+\))?/u, "age").replaceAll(/\s+/gu, " ");
    };
    for (const name of ["legacy", "newer"]) {
      expect(await described(name, "ours")).toBe(await described(name, "theirs"));
      expect(await described(name, "ours")).toMatch(
        /Warning InjectionFailed age \S*shop\.example\/injector\S* no database/u,
      );
    }
  });
});

function byText(a: string, b: string): number {
  return a.localeCompare(b);
}

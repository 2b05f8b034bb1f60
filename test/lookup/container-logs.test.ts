import { describe, expect, it } from "vitest";

import type { ContainerLog } from "../../src/alert/index.ts";
import { ObjectKey } from "../../src/event/index.ts";
import { lastLines } from "../../src/lookup/last-lines.ts";
import { type ObjectState, readObjectState } from "../../src/object/index.ts";
import type { Play } from "../support/scripted-api-server.ts";
import { until } from "../support/until.ts";
import { StateBed } from "./state-bed.ts";

const LOGS = { namespaces: ["shop"], lines: 20 };

describe("the log of a crashed container", () => {
  it("is that of the run before, where another one has begun or is to begin", async () => {
    await using bed = await bedWith(text("start\npanic: boom\n"));
    expect(await logsOf(bed, crashed())).toEqual([{ container: "app", lines: ["start", "panic: boom"] }]);
    expect(bed.paths).toEqual(["/api/v1/namespaces/shop/pods/web-1/log"]);
    expect(queryOf(bed)).toEqual({
      container: "app",
      previous: "true",
      tailLines: "20",
      limitBytes: "65536",
    });
  });

  it("is that of the last run, where the container has ended for good", async () => {
    await using bed = await bedWith(text("panic: boom\n"));
    await logsOf(bed, crashed({ state: { terminated: terminated(bed) }, lastState: {} }));
    expect(queryOf(bed)).toMatchObject({ previous: "false" });
  });

  it("is that of the last run, where the run before was removed meanwhile, and no line of the kubelet's excuse", async () => {
    const excuse = "unable to retrieve container logs for containerd://5397f5720706\n";
    await using bed = await bedWith((reply, request) =>
      text(request.query.get("previous") === "true" ? excuse : "panic: boom\n")(reply, request),
    );
    expect(await logsOf(bed, crashed())).toEqual([{ container: "app", lines: ["panic: boom"] }]);
    await using empty = await bedWith(text(excuse));
    expect(await logsOf(empty, crashed({ message: "fatal: boom" }))).toEqual([
      { container: "app", lines: ["fatal: boom"] },
    ]);
  });

  it("comes without secrets", async () => {
    await using bed = await bedWith(text("dial postgres://web:hunter22@db:5432: refused\n"));
    expect(await logsOf(bed, crashed())).toEqual([
      { container: "app", lines: ["dial postgres://[redacted]@db:5432: refused"] },
    ]);
  });

  it("has the termination message in its place where it may not be read, and that is filtered too", async () => {
    await using bed = await bedWith((reply) => reply.refuse(403));
    expect(await logsOf(bed, crashed({ message: "fatal: password=hunter22" }))).toEqual([
      { container: "app", lines: ["fatal: password=[redacted]"] },
    ]);
    expect(await logsOf(bed, crashed({ message: "" }), "web-2")).toEqual([]);
  });

  it("is never read, nor is its termination message given, in another namespace or cluster", async () => {
    await using bed = await bedWith(text("panic\n"));
    const state = crashed({ message: "fatal: boom" });
    expect(await logsOf(bed, state, "web-1", "pay")).toEqual([]);
    expect(await logsOf(bed, state, "web-1", "shop", "other")).toEqual([]);
    expect(bed.paths).toEqual([]);
  });

  it("is not read of containers that are well, or that wait for something else, or crashed long ago", async () => {
    await using bed = await bedWith(text("panic\n"));
    const now = bed.clock.now();
    const well = { lastState: {}, state: { running: {} } };
    const waiting = { state: { waiting: { reason: "ImagePullBackOff" } } };
    const old = { lastState: { terminated: { exitCode: 1, finishedAt: new Date(now - 4e6).toISOString() } } };
    for (const status of [well, waiting, old]) expect(await logsOf(bed, crashed(status))).toEqual([]);
    expect(bed.paths).toEqual([]);
  });

  it("is read of two pods of one workload: the others tell the same", async () => {
    await using bed = await bedWith(text("panic\n"));
    for (const name of ["web-1", "web-2", "web-3"]) await logsOf(bed, crashed(), name);
    expect(bed.paths.map((path) => path.split("/")[6])).toEqual(["web-1", "web-2"]);
    await bed.clock.advance(10_000);
    await logsOf(bed, crashed(), "web-3");
    expect(bed.paths).toHaveLength(3);
  });
});

describe("the last lines of a log", () => {
  it("are 2 KiB at most, whole, the newest ones", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index} ${"x".repeat(90)}`);
    const last = lastLines(lines.join("\n"), 100);
    expect(Buffer.byteLength(last.join("\n"))).toBeLessThanOrEqual(2048);
    expect(last).toEqual(lines.slice(-last.length));
    expect(last.length).toBeGreaterThan(15);
    expect(lastLines(lines.join("\n"), 3)).toEqual(lines.slice(-3));
  });

  it("show the beginning of one line that is longer", () => {
    const [line = "", ...others] = lastLines(`${"é".repeat(5000)}\n`, 5);
    expect(others).toEqual([]);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2048);
    expect(line.startsWith("ééé")).toBe(true);
  });

  it("have no colours and no hidden characters, also where those hide a secret", () => {
    expect(lastLines("\u001b[31mERROR\u001b[0m pass\u202eword=hunter22\u0000\r\n", 5)).toEqual([
      "ERROR password=[redacted]",
    ]);
  });

  it("have no part of a key, although its first lines are not among them", () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${"Ab1/".repeat(16)}\n${"Ab1/".repeat(16)}\n-----END PRIVATE KEY-----`;
    expect(lastLines(`${key}\nbye`, 3).join("\n")).not.toContain("Ab1/");
  });
});

function bedWith(play: Play): Promise<StateBed> {
  return StateBed.open({ logs: LOGS }).then((bed) => {
    bed.serve(play);
    return bed;
  });
}

/** Answers with a text, as the API server does with a log. */
function text(log: string): Play {
  return (reply) => {
    reply.open({ "content-type": "text/plain" }).write(log);
    reply.end();
  };
}

function queryOf({ server }: StateBed): Readonly<Record<string, string>> {
  return Object.fromEntries(server.requests.flatMap(({ query }) => [...query]));
}

function terminated({ clock }: Pick<StateBed, "clock">): object {
  return { exitCode: 1, finishedAt: new Date(clock.now()).toISOString() };
}

/** The status of a container that has crashed just now, in parts. */
function crashed(status: { readonly message?: string; readonly [field: string]: unknown } = {}) {
  return (bed: StateBed, name: string): ObjectState => {
    const { message = "", ...fields } = status;
    const lastState = { terminated: { ...terminated(bed), message } };
    const state = readObjectState("Pod", {
      metadata: {
        name,
        ownerReferences: [{ kind: "ReplicaSet", name: "web", controller: true }],
      },
      spec: { containers: [{ name: "app" }] },
      status: {
        containerStatuses: [
          { name: "app", state: { waiting: { reason: "CrashLoopBackOff" } }, lastState, ...fields },
        ],
      },
    });
    if (state === undefined) throw new Error("no pod");
    return state;
  };
}

async function logsOf(
  bed: StateBed,
  state: (bed: StateBed, name: string) => ObjectState,
  name = "web-1",
  namespace = "shop",
  cluster = "test",
): Promise<readonly ContainerLog[]> {
  let answer: readonly ContainerLog[] | undefined;
  const object = ObjectKey.format({ cluster, kind: "Pod", namespace, name });
  bed.logs?.read({ object, found: state(bed, name) }, (logs) => {
    answer = logs;
  });
  return until(() => answer);
}

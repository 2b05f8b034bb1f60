import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, it } from "vitest";

import { kubeconfigFor } from "../support/kubeconfig.ts";
import { rounds } from "../support/rounds.ts";
import { ScriptedApiServer } from "../support/scripted-api-server.ts";

const PROCESS = fileURLToPath(new URL("canary-process.ts", import.meta.url));

/** A pod whose secrets come first, for a snapshot has only the first thousand characters of a text. */
function podAt(path: string, canary: string): object {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const value = `${canary}-${name}`;
  return {
    kind: "Pod",
    metadata: { annotations: { note: value, [value]: "x" }, name, namespace: "shop", uid: name },
    spec: {
      containers: [
        { env: [{ name: value, value }], args: [value], command: [value], name: "app", image: "kept-image" },
      ],
      volumes: [{ name: "v", hostPath: { path: value } }],
    },
    status: { containerStatuses: [{ name: "app", ready: true }] },
  };
}

/** Which of these texts a file has, in pieces that overlap by more than the longest of them. */
async function textsIn(file: string, texts: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  let before = "";
  for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
    const piece = before + String(chunk);
    for (const text of texts) if (piece.includes(text)) found.add(text);
    before = piece.slice(-200);
  }
  return [...found];
}

it("leaves nothing of environment, arguments and annotations in memory after 10,000 look-ups", async () => {
  const canary = `canary-${crypto.randomUUID()}`;
  const count = Math.ceil(rounds(10_000) / 50) * 50;
  const directory = await mkdtemp(join(tmpdir(), "tocsin-canary-"));
  await using server = await ScriptedApiServer.start();
  server.always("other", (reply, { path }) => reply.json(podAt(path, canary)));
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(server.url, { token: "t" })));
  const snapshot = join(directory, "memory.heapsnapshot");
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      PROCESS,
      kubeconfig,
      String(count),
      snapshot,
    ]);
    expect(stdout).toBe(`${count} pods\n`);
    expect(server.count("other")).toBe(count + 40);
    // The image shows that the snapshot has the states.
    expect(await textsIn(snapshot, [canary, "kept-image"])).toEqual(["kept-image"]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

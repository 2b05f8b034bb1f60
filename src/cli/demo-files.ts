import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** A demo and its rules. */
export interface DemoSetting {
  /** Absolute; it lives as long as the demo. */
  readonly directory: string;
  /** The address of the API server. */
  readonly server: string;
  /** The address of a receiver of critical alerts. */
  readonly pager: string;
  /** As the user named them. */
  readonly rules: readonly string[];
  /** Absolute: paths of rules are relative to it. */
  readonly cwd: string;
  /** For changes of the demo. */
  readonly token: string;
  /** When the story begins, epoch milliseconds. */
  readonly startsAt: number;
}

/** How long the silence of the story holds, milliseconds. */
const SILENCED_MS = 2 * 3_600_000;

/** Writes the configuration of a demo, which is a service like any other. @returns Its path. */
export async function writeDemoFiles(setting: DemoSetting): Promise<string> {
  const { directory, server, pager, rules, cwd, token } = setting;
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "demo",
    contexts: [{ name: "demo", context: { cluster: "demo", user: "demo" } }],
    clusters: [{ name: "demo", cluster: { server } }],
    users: [{ name: "demo", user: {} }],
  };
  // The reboot of the story is on purpose; times of silences are of the story.
  const until = new Date(setting.startsAt + SILENCED_MS).toISOString();
  const configuration = {
    cluster: "demo",
    kubernetes: { kubeconfig: "kubeconfig.json", startFrom: "all" },
    state: { path: ":memory:" },
    rules: rules.map((entry) => (entry.startsWith("builtin") ? entry : resolve(cwd, entry))),
    sinks: [
      { name: "console", type: "stdout" },
      { name: "pager", type: "webhook", url: pager },
      // A second in which the machine is busy is a quarter of a minute of the story: no news for who watches it.
      { name: "troubles", type: "file", path: "troubles.jsonl" },
    ],
    selfAlerts: { sinks: ["troubles"] },
    route: {
      sinks: ["console"],
      routes: [{ name: "critical", match: { severity: "critical" }, sinks: ["console", "pager"] }],
    },
    silences: [
      {
        name: "kernel-update",
        match: { rule: "node-rebooted", name: "node-1" },
        comment: "node-1 gets a new kernel (Ada)",
        until,
      },
    ],
    server: { listen: "127.0.0.1:0", tokens: { write: [{ file: "write-token" }] } },
  };
  // JSON is YAML.
  await writeFile(join(directory, "kubeconfig.json"), JSON.stringify(kubeconfig));
  await writeFile(join(directory, "write-token"), token, { mode: 0o600 });
  const file = join(directory, "tocsin.yaml");
  await writeFile(file, JSON.stringify(configuration));
  return file;
}

import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** A demo and its rules. */
export interface DemoSetting {
  /** Absolute; it lives as long as the demo. */
  readonly directory: string;
  /** The address of the API server. */
  readonly server: string;
  /** As the user named them. */
  readonly rules: readonly string[];
  /** Absolute: paths of rules are relative to it. */
  readonly cwd: string;
  /** For changes of the demo. */
  readonly token: string;
}

/** Writes the configuration of a demo, which is a service like any other. @returns Its path. */
export async function writeDemoFiles({ directory, server, rules, cwd, token }: DemoSetting): Promise<string> {
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "demo",
    contexts: [{ name: "demo", context: { cluster: "demo", user: "demo" } }],
    clusters: [{ name: "demo", cluster: { server } }],
    users: [{ name: "demo", user: {} }],
  };
  const configuration = {
    cluster: "demo",
    kubernetes: { kubeconfig: "kubeconfig.json", startFrom: "all" },
    state: { path: ":memory:" },
    rules: rules.map((entry) => (entry.startsWith("builtin") ? entry : resolve(cwd, entry))),
    sinks: [
      { name: "console", type: "stdout" },
      // A second in which the machine is busy is a quarter of a minute of the story: no news for who watches it.
      { name: "troubles", type: "file", path: "troubles.jsonl" },
    ],
    selfAlerts: { sinks: ["troubles"] },
    route: { sinks: ["console"] },
    server: { listen: "127.0.0.1:0", tokens: { write: [{ file: "write-token" }] } },
  };
  // JSON is YAML.
  await writeFile(join(directory, "kubeconfig.json"), JSON.stringify(kubeconfig));
  await writeFile(join(directory, "write-token"), token, { mode: 0o600 });
  const file = join(directory, "tocsin.yaml");
  await writeFile(file, JSON.stringify(configuration));
  return file;
}

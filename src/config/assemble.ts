import { resolve } from "node:path";

import type { YamlFile } from "../lib/yaml-file.ts";
import type { Compiled } from "./compile-configuration.ts";
import type { Configuration } from "./configuration.ts";
import { redact } from "./redact.ts";
import type { ConfigurationFile } from "./schema.ts";
import type { LocatedSecret } from "./secrets.ts";

/** What a sound configuration is put together from. */
export interface AssembleDeps {
  readonly document: YamlFile;
  readonly sections: ConfigurationFile;
  readonly compiled: Compiled;
  /** Absolute. */
  readonly baseDir: string;
  readonly cluster: string | undefined;
  readonly hash: string;
}

/** The configuration of parts without an error; paths become absolute. */
export function assemble({
  document,
  sections,
  compiled,
  baseDir,
  cluster,
  hash,
}: AssembleDeps): Configuration {
  const { kubernetes, state, server, log, selfAlerts, heartbeat } = sections;
  const { rules, forwards, route, inhibit, silences, labelNames, sinks, secrets } = compiled;
  const { kubeconfig } = kubernetes;
  return {
    file: document.file,
    baseDir,
    cluster,
    kubernetes: {
      ...kubernetes,
      kubeconfig: kubeconfig === undefined ? undefined : resolve(baseDir, kubeconfig),
    },
    state: { ...state, path: state.path === ":memory:" ? state.path : resolve(baseDir, state.path) },
    rules,
    forwards,
    route,
    inhibit,
    silences,
    labelNames,
    sinks,
    server,
    log,
    selfAlertSinks: selfAlerts?.sinks,
    heartbeat,
    secrets: locateSecrets(compiled, document),
    hash,
    redacted: redact(document.value, secrets),
  };
}

/** The files that secrets refer to, absolute. */
export function secretFilesOf({ secrets }: Compiled, baseDir: string): readonly string[] {
  return secrets.flatMap(({ ref }) =>
    typeof ref === "object" && "file" in ref ? [resolve(baseDir, ref.file)] : [],
  );
}

function locateSecrets({ secrets }: Compiled, document: YamlFile): readonly LocatedSecret[] {
  return secrets.flatMap(({ ref, path: keys }) =>
    document
      .locate([{ level: "warning", path: keys, message: "" }])
      .map(({ file, line, column, path }) => ({ ref, file, line, column, path })),
  );
}

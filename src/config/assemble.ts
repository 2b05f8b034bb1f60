import { resolve } from "node:path";

import type { Policy } from "../alert/index.ts";
import type { YamlFile } from "../lib/yaml-file.ts";
import type { Compiled } from "./compile-configuration.ts";
import type { Configuration } from "./configuration.ts";
import { redact } from "./redact.ts";
import type { LocatedSecret } from "./secrets.ts";
import type { ConfigurationFile, ProcessSettings } from "./sections.ts";

/** The parts of a sound configuration. */
export interface AssembleDeps {
  readonly document: YamlFile;
  readonly sections: ConfigurationFile;
  readonly compiled: Compiled;
  readonly process: ProcessSettings;
  /** Absolute. */
  readonly baseDir: string;
  /** "" when nothing names it. */
  readonly cluster: string;
  readonly hash: string;
}

/** The configuration of parts without an error. */
export function assemble(deps: AssembleDeps): Configuration {
  const { document, compiled, process, baseDir, hash } = deps;
  return {
    policy: policyOf(deps),
    process,
    sinks: compiled.sinks,
    origin: {
      file: document.file,
      baseDir,
      secrets: locateSecrets(compiled, document),
      hash,
      redacted: redact(document.value, compiled.secrets),
    },
  };
}

function policyOf({ sections, compiled, cluster }: AssembleDeps): Policy {
  const { rules, forwards, route, inhibit, silences, sinks } = compiled;
  const pageUrl = pageUrlOf(sections.server);
  return {
    cluster,
    rules,
    forwards,
    route,
    inhibit,
    silences,
    sinks: new Map(
      sinks.map(
        ({ name, common: { minSeverity, sendResolved, maxAgeMs, logs, merges, digest, ...common } }) => {
          const fallback = sinks.find((sink) => sink.name === common.fallback?.sink);
          const chooses = [common.chooses, fallback?.common.chooses].filter((each) => each !== undefined);
          return [name, { name, minSeverity, sendResolved, maxAgeMs, logs, merges, chooses, digest }];
        },
      ),
    ),
    trustSeverityFrom: new Set(sections.kubernetes.trustSeverityFrom),
    runbookOf: compiled.runbookOf ?? pageRunbookOf(pageUrl, compiled.shippedRules),
    pageUrl,
    inspected: sections.kubernetes.inspect,
  };
}

/** Links begin with it, where there is a page. */
function pageUrlOf({ page, publicUrl }: ConfigurationFile["server"]): string | undefined {
  if (page === false || publicUrl === undefined) return undefined;
  const { origin, pathname } = new URL(publicUrl);
  return `${origin}${pathname.replace(/\/+$/u, "")}`;
}

/** The page has the runbooks of the rules that ship, and of no others. */
function pageRunbookOf(pageUrl: string | undefined, shipped: ReadonlySet<string>): Policy["runbookOf"] {
  return pageUrl === undefined
    ? undefined
    : (rule) => (shipped.has(rule) ? `${pageUrl}/runbooks/${rule}` : "");
}

/** The files of secrets, absolute. */
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

import { z } from "zod";

import { errorIn, type Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import { check, type Fault, strict } from "../lib/schema.ts";
import { findSecrets } from "../lib/secret-option.ts";
import { ListenAddress } from "./listen-address.ts";
import { type ConfigurationFile, PROCESS_SECTIONS, SECTIONS } from "./sections.ts";

/** The sections of a file with their faults. */
export interface ReadSections {
  readonly sections: ConfigurationFile;
  readonly faults: readonly Fault[];
  /** Of the environment, so without a place in the file. */
  readonly findings: readonly Finding[];
}

const KEYS = strict(Object.fromEntries(Object.keys(SECTIONS).map((key) => [key, z.unknown().optional()])));

/**
 * Reads each section by itself, so that one broken section hides no fault of another. A broken one counts as left out.
 *
 * @param env `TOCSIN_LISTEN` and `TOCSIN_PROBES` stand in for a missing `server.listen` and `server.probes`.
 */
export function readSections(given: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): ReadSections {
  const faults: Fault[] = [...check(KEYS, given).faults];
  const sections = Object.fromEntries(
    Object.entries(SECTIONS).map(([key, { schema }]) => {
      const section = check<unknown>(schema, given[key], [key]);
      faults.push(...section.faults);
      return [key, section.faults.length === 0 ? section.value : whenLeftOut(schema)];
    }),
    // The schema of its key parsed each entry.
  ) as ConfigurationFile;
  for (const [key, { schema }] of Object.entries(PROCESS_SECTIONS)) {
    const secrets = findSecrets(schema, given[key], [key]);
    faults.push(...variablesIn(given[key], [key], new Set(secrets.map(({ path }) => JSON.stringify(path)))));
  }
  const addresses = addressesOf(given["server"], env);
  const findings = addresses.flatMap(({ finding }) => finding ?? []);
  const server = {
    ...sections.server,
    ...Object.fromEntries(addresses.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]))),
  };
  return { sections: { ...sections, server }, faults, findings };
}

/** Variables that stand in for keys of `server`. */
const ADDRESSES = { listen: "TOCSIN_LISTEN", probes: "TOCSIN_PROBES" } as const;

interface AddressOfEnv {
  readonly key: string;
  readonly value: ListenAddress | undefined;
  readonly finding?: Finding;
}

/** Where the environment says to listen, as far as the file does not. */
function addressesOf(server: unknown, env: NodeJS.ProcessEnv): readonly AddressOfEnv[] {
  return Object.entries(ADDRESSES).flatMap(([key, variable]): readonly AddressOfEnv[] => {
    const text = env[variable] ?? "";
    if (text === "" || (isMapping(server) && server[key] !== undefined)) return [];
    const { value, faults } = check(ListenAddress, text);
    const [first] = faults;
    const finding = first && errorIn("", `environment variable ${variable}: ${first.message}`);
    return [{ key, value, ...(finding === undefined ? {} : { finding }) }];
  });
}

/** Only `sinks` has no value of its own when it is left out. */
function whenLeftOut(schema: z.ZodType): unknown {
  const result = schema.safeParse(undefined);
  return result.success ? result.data : [];
}

/**
 * Settings of the process hold no templates and no messages, so `${NAME}` can only mean a variable, and `~/` a home.
 *
 * @param secrets Paths as JSON. The check of secrets explains the remedy there.
 */
function variablesIn(
  value: unknown,
  path: readonly (string | number)[],
  secrets: ReadonlySet<string>,
): readonly Fault[] {
  if (secrets.has(JSON.stringify(path))) return [];
  if (typeof value === "string") {
    if (value.startsWith("~/")) {
      const message = `~ is not replaced in this file: write the whole path instead of ${value}`;
      return [{ level: "error", path, message }];
    }
    if (!/\$\{\w+\}|^\$\w+/u.test(value)) return [];
    const message = `variables are not replaced in this file: write the value itself instead of ${value}`;
    return [{ level: "error", path, message }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    variablesIn(item, [...path, Array.isArray(value) ? Number(key) : key], secrets),
  );
}

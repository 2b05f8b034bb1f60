import { z } from "zod";

import { checkRest } from "../lib/check-rest.ts";
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
  /** Of faults that were found in these sections later, those that do not stem from a part with faults of its own. */
  readonly further: (faults: readonly Fault[]) => readonly Fault[];
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
  const read = new Map(
    Object.entries(SECTIONS).map(([key, { schema }]) => [
      key,
      checkRest<unknown>(schema, given[key], { base: [key] }),
    ]),
  );
  for (const section of read.values()) faults.push(...section.faults);
  const sections = Object.fromEntries(
    Object.entries(SECTIONS).map(([key, { schema }]) => {
      const { faults: ofSection = [], rest } = read.get(key) ?? {};
      return [key, rest === undefined && ofSection.length > 0 ? instead(schema, given[key]) : rest];
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
  const further = (more: readonly Fault[]): readonly Fault[] =>
    more.filter((fault) => (read.get(String(fault.path[0]))?.further([fault]) ?? [fault]).length > 0);
  return { sections: { ...sections, server }, faults, further, findings };
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

/** For a section of the wrong form: a list of the one entry that it is, else as if it were left out. */
function instead(schema: z.ZodType, given: unknown): unknown {
  for (const value of [[given], undefined]) {
    const result = schema.safeParse(value);
    if (result.success && (value === undefined || isEntry(given))) return result.data;
  }
  // Only `sinks` has no value of its own when it is left out.
  return [];
}

function isEntry(value: unknown): boolean {
  return typeof value === "string" || (isMapping(value) && typeof value["name"] === "string");
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

import { resolve } from "node:path";

import { toError } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import { createScrubber } from "../lib/scrub.ts";
import { openSecret } from "../lib/secret-option.ts";
import type { SecretRef } from "../lib/secret.ts";

/** A secret option with a value, and its place. */
export interface LocatedSecret {
  readonly ref: SecretRef;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `sinks[0].url`. */
  readonly path: string;
}

/**
 * A warning for each secret that cannot be read now. `run` refuses where `check` warns, because a service without its
 * secrets is half-configured.
 *
 * @param origin.baseDir Absolute: what paths of secrets are relative to.
 */
export function unresolvedSecrets(
  { secrets, baseDir }: { readonly secrets: readonly LocatedSecret[]; readonly baseDir: string },
  env: NodeJS.ProcessEnv,
): readonly Finding[] {
  const deps = {
    env,
    resolvePath: (path: string) => resolve(baseDir, path),
    scrubber: createScrubber(),
  };
  return secrets.flatMap(({ ref, ...place }) => {
    try {
      openSecret(ref, deps).reveal();
      return [];
    } catch (error) {
      return [{ ...place, level: "warning" as const, message: inWords(toError(error)) }];
    }
  });
}

/** The message has the path already; the system's code is enough: `(ENOENT)`. */
function inWords({ message, cause }: Error): string {
  // The error may be anything; only a code is read from it.
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code === undefined ? message : `${message} (${code})`;
}

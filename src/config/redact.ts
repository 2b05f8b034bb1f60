import type { FoundSecret } from "../lib/secret-option.ts";
import { REDACTED } from "../lib/without-secrets.ts";

/**
 * A copy of a parsed file for display: literals are replaced where a secret may be; references stay, since they name
 * only its place.
 */
export function redact(value: unknown, secrets: readonly FoundSecret[]): unknown {
  const literals = new Set(
    secrets.filter(({ ref }) => typeof ref === "string").map(({ path }) => JSON.stringify(path)),
  );
  return copy(value, [], literals);
}

function copy(value: unknown, path: readonly (string | number)[], literals: ReadonlySet<string>): unknown {
  if (literals.has(JSON.stringify(path))) return REDACTED;
  if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index], literals));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, copy(item, [...path, key], literals)]),
  );
}

/** Whether a parsed value is a mapping of YAML or an object of JSON. A list is none. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

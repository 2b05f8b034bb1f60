import { isMapping } from "../lib/mapping.ts";

/**
 * The tool replaces variables in the whole file before it reads it (main.go, `os.ExpandEnv`): `$NAME`, `${NAME}`, and the
 * special ones of a shell, which are empty. https://pkg.go.dev/os#Expand
 */
const VARIABLE = /\$(?:\{([^}]*)\}|([*#$@!?\-0-9])|(\w+)|\{)/gu;

/** A text with the special variables gone, and each other one written as `${NAME}`. */
export function expandVariables(text: string): string {
  return text.replaceAll(VARIABLE, (_, braced?: string, special?: string, name?: string) => {
    const variable = braced ?? name ?? "";
    return special !== undefined || variable === "" || /^[*#$@!?\-0-9]$/u.test(variable)
      ? ""
      : `\${${variable}}`;
  });
}

/** The same for all texts of a value; keys are left as they are. */
export function expandAll(value: unknown): unknown {
  if (typeof value === "string") return expandVariables(value);
  if (Array.isArray(value)) return value.map((item) => expandAll(item));
  return isMapping(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandAll(item)]))
    : value;
}

/** The variables of an expanded text. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^}]+)\}/gu)].map(([, name = ""]) => name);
}

/** The variable that an expanded text is, and nothing else. */
export function onlyVariable(text: string): string | undefined {
  return /^\$\{([^}]+)\}$/u.exec(text.trim())?.[1];
}

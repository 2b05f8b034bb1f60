import type { Path } from "../place.ts";
import { expandVariables } from "../variables.ts";

/** One `--sink=KIND:URI` of a command line, with its variables as `${NAME}`. */
export interface SinkArgument {
  readonly kind: string;
  /** Without the query. */
  readonly address: string;
  /** As it stands. */
  readonly query: string;
  /** Each value of each option. */
  readonly options: URLSearchParams;
  /** From the container. */
  readonly path: Path;
}

const PREFIX = "--sink=";

/** Whether a word of a command line names a sink. */
export function isSinkArgument(word: unknown): word is string {
  return typeof word === "string" && word.startsWith(PREFIX) && word.includes(":");
}

/** The sinks of a container, in the order of its command and arguments. */
export function sinkArguments(container: Readonly<Record<string, unknown>>): readonly SinkArgument[] {
  return ["command", "args"].flatMap((key) => {
    const words: unknown = container[key];
    if (!Array.isArray(words)) return [];
    return words.flatMap((word: unknown, index) =>
      isSinkArgument(word) ? [read(word.slice(PREFIX.length), [key, index])] : [],
    );
  });
}

/** The kind ends at the first colon; everything after the first question mark is the query. */
function read(word: string, path: Path): SinkArgument {
  // Kubernetes replaces $(NAME), the program itself $NAME and ${NAME}.
  const text = expandVariables(word.replaceAll(/\$\(([A-Za-z_]\w*)\)/gu, "${$1}"));
  const colon = text.indexOf(":");
  const [address = "", ...rest] = text.slice(colon + 1).split("?");
  const query = rest.join("?");
  return { kind: text.slice(0, colon), address, query, options: new URLSearchParams(query), path };
}

/** The values of an option that is a list with commas. */
export function listOf(options: URLSearchParams, name: string): readonly string[] {
  return options
    .getAll(name)
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

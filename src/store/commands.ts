import type { Silence } from "../alert/index.ts";

/** A request of a person to the engines. Any process may store it, and the holders of the engines do it. */
export type Command =
  /** Makes a silence, or changes the one with its id. */
  | { readonly id: string; readonly kind: "silence"; readonly silence: Silence }
  | { readonly id: string; readonly kind: "unsilence"; readonly silenceId: string }
  /** Loads the changed configuration. */
  | { readonly id: string; readonly kind: "reload" };

/** Stores commands. A stored command is done, even if every process ends before. */
export interface Commands {
  /**
   * Stores a command for the engine of each partition. The same id twice is one command.
   *
   * @throws {TocsinError} ERR_STORE when the store does not work, or too many commands wait.
   */
  put(command: Command): Promise<void>;
  /** Whether an engine has not done the command yet. */
  isPending(id: string): Promise<boolean>;
}

import type { Silence } from "../alert/index.ts";

/** Something that people want of the engines; any process may take it, the holders of the engines do it. */
export type Command =
  /** Makes a silence, or changes the one of this id. */
  | { readonly id: string; readonly kind: "silence"; readonly silence: Silence }
  | { readonly id: string; readonly kind: "unsilence"; readonly silenceId: string }
  /** A changed configuration is to be used. */
  | { readonly id: string; readonly kind: "reload" };

/** Takes commands; one that is stored is done, even if every process ends before. */
export interface Commands {
  /**
   * Stores a command for the engine of each partition. The same id twice is one command.
   *
   * @throws {TocsinError} ERR_STORE when the store does not work, or too many commands wait.
   */
  put(command: Command): Promise<void>;
  /** Whether some engine has still to do it. */
  isPending(id: string): Promise<boolean>;
}

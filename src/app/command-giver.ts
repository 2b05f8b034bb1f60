import type { Bridge } from "../api/index.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/hash.ts";
import { type Command, giveCommand, type StoreHost } from "../store/index.ts";

/** Longest wait of a caller for the engine to do a command, milliseconds; afterwards the engine does it later. */
const WITHIN_MS = 2000;

/** The pause before a command that could not be stored is put again. */
const RETRY_MS = 1000;

/** Collaborators of a giver of commands. */
export interface CommandGiverDeps {
  readonly host: Pick<StoreHost, "commands" | "bell">;
  readonly clock: Clock;
  /** Ends the repetition of a command that the store refuses. */
  readonly signal: AbortSignal;
}

/** Gives commands to the engine, which may run in another process. */
export class CommandGiver {
  readonly #deps: CommandGiverDeps;

  constructor(deps: CommandGiverDeps) {
    this.#deps = deps;
  }

  /** @throws {TocsinError} ERR_STORE when it cannot be stored. */
  async silence(change: Parameters<Bridge["silence"]>[0]): Promise<void> {
    await this.#give(
      change.kind === "silence"
        ? { id: newId(), kind: "silence", silence: change.silence }
        : { id: newId(), kind: "unsilence", silenceId: change.id },
    );
  }

  /**
   * Has the engine take a changed configuration into use; waits two seconds at most. While the store does not work, the
   * command is put again and again.
   */
  async reload(): Promise<void> {
    const { clock, signal } = this.#deps;
    await Promise.race([this.#insist(), clock.sleep(WITHIN_MS, signal).catch(() => undefined)]);
  }

  async #insist(): Promise<void> {
    const { clock, signal } = this.#deps;
    while (!signal.aborted) {
      try {
        return await this.#give({ id: newId(), kind: "reload" });
      } catch {
        await clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }

  #give(command: Command): Promise<void> {
    const { host, clock } = this.#deps;
    return giveCommand(host, command, { clock, withinMs: WITHIN_MS });
  }
}

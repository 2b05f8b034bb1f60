import type { EngineInput } from "../alert/index.ts";
import type { Command } from "../store/index.ts";
import type { DurableEngine } from "./durable-engine.ts";
import type { PolicyInUse } from "./policy-in-use.ts";
import type { PipelineStore } from "./retrying-store.ts";

/** Rows read at once. */
const MOST = { outcomes: 200, commands: 20 } as const;

/** Collaborators of the stored inputs. */
export interface StoredInputsDeps {
  readonly store: Pick<PipelineStore, "outcomes" | "commands">;
  readonly engine: DurableEngine;
  readonly policy: PolicyInUse;
}

/**
 * Gives the engine the inputs that wait in the store: outcomes of deliveries, and commands. The commit of its step ends
 * each.
 */
export class StoredInputs {
  readonly #deps: StoredInputsDeps;

  constructor(deps: StoredInputsDeps) {
    this.#deps = deps;
  }

  /** @returns Whether there may be more. */
  async adoptOutcomes(): Promise<boolean> {
    const { store, engine } = this.#deps;
    const outcomes = await store.outcomes(MOST.outcomes);
    if (outcomes.length > 0) await engine.step({ kind: "outcomes", outcomes });
    return outcomes.length === MOST.outcomes;
  }

  /** @returns Whether there may be more. */
  async adoptCommands(): Promise<boolean> {
    const { store, engine } = this.#deps;
    const commands = await store.commands(MOST.commands);
    for (const command of commands) await engine.step(this.#inputOf(command), { doneCommands: [command.id] });
    return commands.length === MOST.commands;
  }

  #inputOf(command: Command): EngineInput {
    switch (command.kind) {
      case "silence":
        return { kind: "silence", silence: command.silence };
      case "unsilence":
        return { kind: "unsilence", id: command.silenceId };
      case "reload":
        return this.#deps.policy.adopt();
    }
  }
}

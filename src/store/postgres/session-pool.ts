import type { ClientConfig } from "pg";

import { type Answer, type Send, Session } from "./session.ts";
import type { Statement } from "./statement.ts";

/** Connections for questions, commands and intake. */
const SESSIONS = 4;

/** Connections that belong to no holding; each piece of work goes to the one with the least to do. */
export class SessionPool {
  readonly #sessions: readonly Session[];

  constructor(config: ClientConfig, schema: string) {
    this.#sessions = Array.from({ length: SESSIONS }, () => new Session(config, schema));
  }

  /** As `Session.run`. */
  run<Result>(work: (send: Send) => Promise<Result>): Promise<Result> {
    return this.#idlest.run(work);
  }

  /** As `Session.ask`. */
  ask(statements: readonly Statement[]): Promise<readonly Answer[]> {
    return this.#idlest.ask(statements);
  }

  /** Closes all connections when their work has ended. */
  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
  }

  get #idlest(): Session {
    return this.#sessions.reduce((best, session) => (session.load < best.load ? session : best));
  }
}

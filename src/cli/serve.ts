import type { App } from "../app/index.ts";
import { errorText, isStateDamaged } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { ExitStatus, Io } from "./io.ts";

/** How a command runs a service. */
export interface ServeOptions {
  readonly io: Io;
  readonly log: Logger;
  /**
   * Called once the service has started. Its promise ends the service when it resolves; without one only signals do.
   */
  readonly onStarted?: () => Promise<void> | undefined;
}

/**
 * Starts the service, runs it until SIGINT or SIGTERM, and stops it in order, also in the middle of its start. A second
 * signal ends the process at once. SIGHUP reloads the configuration.
 *
 * @returns 1 when a loop of the service has failed. @throws The error that prevents the start; ERR_STATE_DAMAGED when
 * the service has stopped because its next start mends the state.
 */
export async function serve(app: App, { io, log, onStarted }: ServeOptions): Promise<ExitStatus> {
  const asked = Promise.withResolvers<void>();
  let started: Promise<void> | undefined;
  // The handler comes first: a start opens the state file and checks it before it gives the event loop back.
  const forget = io.onSignal((signal) => {
    if (signal === "SIGHUP") {
      // Before the end of the start there is nothing to reload, and it fails elsewhere.
      void started?.then(
        () => app.reload(),
        () => undefined,
      );
      return;
    }
    log.info("stopping; a second signal ends at once", { signal });
    // With no handler left the next signal does what it does to any process, which is safe at any moment.
    forget();
    asked.resolve();
  });
  started = app.start();
  try {
    const isStarted = await Promise.race([started.then(() => true), asked.promise.then(() => false)]);
    return isStarted ? await untilEnd(app, [asked.promise, onStarted?.()], log) : 0;
  } finally {
    forget();
    await app.stop();
  }
}

async function untilEnd(
  app: App,
  ends: readonly (Promise<void> | undefined)[],
  log: Logger,
): Promise<ExitStatus> {
  try {
    await Promise.race([app.ended, ...ends.filter((end) => end !== undefined)]);
    return 0;
  } catch (error) {
    if (isStateDamaged(error)) throw error;
    log.error("the service has failed", { error: errorText(error) });
    return 1;
  }
}

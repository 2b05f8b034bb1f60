import type { Clock } from "../lib/clock.ts";
import type { Command } from "./commands.ts";
import type { StoreHost } from "./store-host.ts";

/**
 * Stores a command, and waits until every engine has done it or the time is over: it is done later then, whatever
 * happens to this process.
 *
 * @throws {TocsinError} ERR_STORE when it cannot be stored.
 */
export async function giveCommand(
  { commands, bell }: Pick<StoreHost, "commands" | "bell">,
  command: Command,
  { clock, withinMs }: { readonly clock: Clock; readonly withinMs: number },
): Promise<void> {
  const done = Promise.withResolvers<void>();
  const look = async (): Promise<void> => {
    if (!(await commands.isPending(command.id))) done.resolve();
  };
  // Whoever cannot look waits until the time is over.
  const endListening = bell.on("commands-done", () => void look().catch(() => undefined));
  const cancel = clock.after(withinMs, done.resolve);
  try {
    await commands.put(command);
    await done.promise;
  } finally {
    cancel();
    endListening();
  }
}

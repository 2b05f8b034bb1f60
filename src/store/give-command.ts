import type { Clock } from "../lib/clock.ts";
import type { Command } from "./commands.ts";
import type { StoreHost } from "./store-host.ts";

/**
 * Stores a command, and waits until every engine has done it, or the time is over. In the second case the engines do it
 * later, even if this process ends.
 *
 * @throws {TocsinError} ERR_STORE when the store does not take the command.
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
  // When the store cannot be asked, this waits until the time is over.
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

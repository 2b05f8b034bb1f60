import { commandsOf } from "./commands-of.ts";
import { toOpenAlert } from "./open-alert.ts";

/** Makes alerts as receivers get them, outside of a message, and the commands that look further. */
export const ToldAlert = { of: toOpenAlert, commands: commandsOf } as const;

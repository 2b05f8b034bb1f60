import type { SinkType } from "../sink.ts";
import { file } from "./file.ts";
import { webhook } from "./webhook.ts";

/** Every type of sink inside the program, one line each. */
export const builtinSinks: readonly SinkType[] = [webhook, file];

import type { SinkType } from "../sink.ts";
import { email } from "./email.ts";
import { file } from "./file.ts";
import { slack } from "./slack.ts";
import { stdout } from "./stdout.ts";
import { webhook } from "./webhook.ts";

/** Every type of sink inside the program, one line each. */
export const builtinSinks: readonly SinkType[] = [slack, email, webhook, stdout, file];

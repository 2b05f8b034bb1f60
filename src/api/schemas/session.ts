import { z } from "zod";

import { strict } from "../../lib/schema.ts";

/** The caller of the API, as the server sees it. */
export const Me = z.object({
  user: z.string().nullable().describe("The name that a proxy gives; null for nobody in particular."),
  how: z
    .enum(["proxy", "token", "session", "loopback", "none"])
    .describe("By what the caller may do something: the first of these."),
  may: z
    .object({
      read: z.boolean().describe("Whether it may read."),
      write: z.boolean().describe("Whether it may change something."),
    })
    .describe("Its rights."),
  canSignIn: z
    .boolean()
    .describe(
      "Whether a session would give a right that is missing: some token has it, and sessions hold here.",
    ),
});
export type Me = Readonly<z.infer<typeof Me>>;

/** The body of `POST /session`. */
export const SessionRequest = strict({
  token: z.string().min(1).max(4096).describe("One of server.tokens.read or server.tokens.write."),
});
export type SessionRequest = Readonly<z.infer<typeof SessionRequest>>;

import { z } from "zod";

/** Every answer that is an error. */
export const Problem = z.object({
  error: z.string().describe("The problem and its remedy."),
  faults: z
    .array(
      z.object({
        path: z.string().describe("The parameter, or the path of a value in the body."),
        message: z.string().describe("The expected and the given value."),
      }),
    )
    .readonly()
    .optional()
    .describe("All faults of the request, for status 400."),
  history: z
    .string()
    .nullable()
    .optional()
    .describe("For an alert that is not open any more: its id in the history; null where it has none."),
});
export type Problem = Readonly<z.infer<typeof Problem>>;

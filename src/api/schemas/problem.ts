import { z } from "zod";

/** Every answer that is an error. */
export const Problem = z.object({
  error: z.string().describe("What is wrong, and what to do."),
  faults: z
    .array(
      z.object({
        path: z.string().describe("The parameter, or the way to a value in the body."),
        message: z.string().describe("What was expected, and what came."),
      }),
    )
    .readonly()
    .optional()
    .describe("All that is wrong with the request, for status 400."),
});
export type Problem = Readonly<z.infer<typeof Problem>>;

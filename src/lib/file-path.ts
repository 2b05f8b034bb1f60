import { z } from "zod";

/** The path of a file, as an option: relative to the configuration, or absolute. */
export const FilePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith("~/"), {
    error: (issue) =>
      `~ is not replaced in this file: write the whole path instead of ${String(issue.input)}`,
  });

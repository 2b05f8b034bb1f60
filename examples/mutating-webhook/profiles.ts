import { readFile } from "node:fs/promises";

import { z } from "zod";

/** The additions of a profile to a Pod. */
export const Profile = z.strictObject({
  /** For every container. */
  env: z.record(z.string().min(1), z.string()),
  /** Runs before the containers start. */
  initContainer: z.strictObject({ image: z.string().min(1), args: z.array(z.string()) }),
});
export type Profile = z.infer<typeof Profile>;

/**
 * The profile of this name, read anew each time: the file is small, and may be a ConfigMap that changes.
 *
 * @throws {Error} saying what is wrong with the file, or that it has no such profile.
 */
export async function readProfile(file: string, name: string): Promise<Profile> {
  const profiles: unknown = JSON.parse(await readFile(file, "utf8"));
  const all = z.record(z.string(), z.unknown()).parse(profiles);
  // Own keys only: an annotation may say anything, `constructor` too.
  if (!Object.hasOwn(all, name)) throw new Error(`there is no injection profile ${JSON.stringify(name)}`);
  const parsed = Profile.safeParse(all[name]);
  if (parsed.success) return parsed.data;
  throw new Error(`injection profile ${JSON.stringify(name)}: ${z.prettifyError(parsed.error)}`);
}

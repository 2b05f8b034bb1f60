import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** Ends the server of `sharedPostgres`, if a test has started one. @param folder The folder of the tests of this run. */
export function stopSharedPostgres(folder: string): void {
  const known = join(folder, "postgres", "server.json");
  if (!existsSync(known)) return;
  // Written by `sharedPostgres`.
  const { data } = JSON.parse(readFileSync(known, "utf8")) as { readonly data: string };
  const [pid = ""] = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  // SIGQUIT: at once, since nobody needs its data.
  process.kill(Number(pid), "SIGQUIT");
  rmSync(dirname(data), { recursive: true, force: true });
}

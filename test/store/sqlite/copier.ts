// Run as a process of its own: node copier.ts FILE
// Opens the state file, fills it with some megabytes, says so, and copies it again and again, as fast as it can.
import { NO_CHANGES } from "../../../src/alert/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { makeCopy } from "../../../src/store/sqlite/make-copy.ts";
import { SqliteFile } from "../../../src/store/sqlite/sqlite-file.ts";
import { SqliteHost } from "../../../src/store/sqlite/sqlite-host.ts";
import { openStateFile } from "../../../src/store/sqlite/state-file.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeRecord } from "../../support/make-delivery.ts";

const [path = ""] = process.argv.slice(2);

const options = { path, clock: new FakeClock(1000), log: silentLogger };
const file = new SqliteFile(options, openStateFile(options));
const { signal } = new AbortController();
const { store } = await new SqliteHost(file).hold("engine/0", signal);
const body = "x".repeat(10_000);
const records = Array.from({ length: 2000 }, (_, id) => makeRecord(`r${id}`, { body }));
await store.commit({ ...NO_CHANGES, records });
process.stdout.write("filled\n");
for (;;) await makeCopy({ database: file.connection.database, path, now: 1000, signal });

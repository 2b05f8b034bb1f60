import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { copyPages } from "../../../src/store/sqlite/copy-pages.ts";

describe("the pages of a database in use", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-copy-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are copied although the first step meets a transaction", async () => {
    using database = new DatabaseSync(join(folder, "tocsin.db"));
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE word (text TEXT) STRICT");
    const path = join(folder, "copy.db");
    await using handle = await open(path, "wx");
    database.exec("BEGIN IMMEDIATE; INSERT INTO word VALUES ('late')");
    setTimeout(() => database.exec("COMMIT"), 5);
    await copyPages(database, { path, handle, signal: new AbortController().signal });
    using copy = new DatabaseSync(path, { readOnly: true });
    expect(copy.prepare("SELECT text FROM word").all()).toEqual([{ text: "late" }]);
  });

  it("are not copied where something is wrong", async () => {
    using database = new DatabaseSync(join(folder, "tocsin.db"));
    database.exec("CREATE TABLE word (text TEXT) STRICT");
    const path = join(folder, "copy.db");
    await using handle = await open(path, "wx");
    await handle.write("no database ".repeat(1000));
    await expect(copyPages(database, { path, handle, signal: new AbortController().signal })).rejects.toThrow(
      "file is not a database",
    );
  });
});

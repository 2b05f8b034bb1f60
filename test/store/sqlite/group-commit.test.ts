import { afterEach, describe, expect, it } from "vitest";

import { openConnection } from "../../../src/store/sqlite/connection.ts";
import { GroupCommit } from "../../../src/store/sqlite/group-commit.ts";

const connection = openConnection(":memory:");
connection.database.exec("CREATE TABLE note (text TEXT)");
const insert = connection.database.prepare("INSERT INTO note VALUES (?)");
const count = connection.database.prepare("SELECT count(*) AS notes FROM note");

/** The callbacks that a test has to make. */
const due: Record<"soon" | "later", (() => void)[]> = { soon: [], later: [] };
const writer = new GroupCommit(connection, {
  soon: (flush) => due.soon.push(flush),
  later: (flush) => due.later.push(flush),
});

function write(text: string, patience?: "later"): Promise<unknown> {
  return writer.run(() => insert.run(text), patience);
}

const notes = (): number => Number(count.get()?.["notes"]);

afterEach(() => {
  writer.flush();
  due.soon.length = 0;
  due.later.length = 0;
  connection.database.exec("DELETE FROM note");
});

describe("a patient write", () => {
  it("waits for the longer of two callbacks", async () => {
    const patient = write("a", "later");
    expect([due.soon.length, due.later.length, notes()]).toEqual([0, 1, 0]);
    due.later[0]?.();
    await patient;
    expect(notes()).toBe(1);
  });

  it("joins the transaction of the next one, and begins none after it", async () => {
    const patient = write("a", "later");
    const next = write("b");
    expect([due.soon.length, due.later.length]).toEqual([1, 1]);
    due.soon[0]?.();
    await Promise.all([patient, next]);
    expect(notes()).toBe(2);
    due.later[0]?.();
    expect(notes()).toBe(2);
  });

  it("delays nobody, whichever comes first", () => {
    void write("a");
    void write("b", "later");
    expect([due.soon.length, due.later.length]).toEqual([1, 0]);
    due.soon[0]?.();
    expect(notes()).toBe(2);
  });
});

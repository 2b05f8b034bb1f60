/** Judges the messages of the commits since the rule holds: `npm run check:commits`. */
import { execFileSync } from "node:child_process";

import { type Commit, faultsOfCommit } from "./commit-message.ts";

/** The commit after which messages are judged; it is the last one with a fault. */
const BEFORE = "6d4f03a2e";

function git(...words: readonly string[]): string {
  return execFileSync("git", words, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
}

/** Whether the history reaches back so far; a shallow clone has only its end. */
function knows(commit: string): boolean {
  try {
    execFileSync("git", ["merge-base", "--is-ancestor", commit, "HEAD"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function readCommit(hash: string): Commit {
  const [subject = "", ...body] = git("show", "--no-patch", "--format=%s%n%b", hash).split("\n");
  const changes = git("show", "--numstat", "--format=", hash, "--", "src").split("\n");
  const lines = changes.flatMap((line) => line.split("\t", 2).map(Number)).filter(Number.isFinite);
  return {
    id: hash.slice(0, 9),
    subject,
    body: body.join("\n"),
    sourceLines: lines.reduce((sum, count) => sum + count, 0),
  };
}

/** A folder that a commit removes is an area too. */
function foldersOf(hash: string): readonly string[] {
  return [hash, `${hash}~`].flatMap((tree) =>
    git("ls-tree", "-r", "-d", "--name-only", tree)
      .split("\n")
      .filter((path) => path !== ""),
  );
}

if (knows(BEFORE)) {
  const hashes = git("rev-list", "--no-merges", "--reverse", `${BEFORE}..HEAD`)
    .split("\n")
    .filter((hash) => hash !== "");
  let faulty = 0;
  for (const hash of hashes) {
    const commit = readCommit(hash);
    const faults = faultsOfCommit(commit, foldersOf(hash));
    if (faults.length > 0) faulty += 1;
    for (const fault of faults) process.stderr.write(`${commit.id} ${commit.subject}: ${fault}\n`);
  }
  process.stdout.write(`${hashes.length} commit messages, ${faulty} of them with faults\n`);
  process.exitCode = faulty > 0 ? 1 : 0;
} else {
  process.stdout.write(`no commit message is judged: this clone does not reach back to ${BEFORE}\n`);
}

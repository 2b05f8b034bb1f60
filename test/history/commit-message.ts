/** A commit, as far as its message is judged. */
export interface Commit {
  /** Short; for people. */
  readonly id: string;
  readonly subject: string;
  /** "" for none. */
  readonly body: string;
  /** Added and removed lines in `src`. */
  readonly sourceLines: number;
}

const LONGEST_SUBJECT = 72;

/** A commit that changes more lines of `src` says what and why. */
const MOST_LINES_WITHOUT_BODY = 50;

/** Lines such as `Signed-off-by: …` explain nothing. */
const TRAILER = /^[\w-]+-by: .*$/gimu;

/**
 * Says what is wrong with the message of a commit; one line each.
 *
 * @param folders Paths of the repository's folders at that commit and before it, such as `src/rule`.
 */
export function faultsOfCommit(commit: Commit, folders: Iterable<string>): readonly string[] {
  const { subject, body, sourceLines } = commit;
  const faults: string[] = [];
  const [, areas, change = ""] = /^([^:]*): (.*)$/u.exec(subject) ?? [];
  if (areas === undefined) faults.push(`expected "area: what changes", not ${JSON.stringify(subject)}`);
  const names = namesOf(folders);
  for (const area of areas?.split(", ") ?? []) {
    if (!names.has(area)) faults.push(`${JSON.stringify(area)} is no folder of the repository`);
  }
  if (areas !== undefined && !/^\S.*[^.\s]$/u.test(change)) {
    faults.push(`expected some words without a full stop after the area, not ${JSON.stringify(change)}`);
  }
  if (subject.length > LONGEST_SUBJECT) {
    faults.push(`the subject has ${subject.length} characters; at most ${LONGEST_SUBJECT}`);
  }
  if (sourceLines > MOST_LINES_WITHOUT_BODY && body.replaceAll(TRAILER, "").trim() === "") {
    faults.push(`changes ${sourceLines} lines of src without a body that says what and why`);
  }
  return faults;
}

/** `test/chaos` is also `chaos`, and `.ci` is `ci`. */
function namesOf(folders: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of folders) {
    names.add(path);
    names.add(path.replace(/^.*\//u, "").replace(/^\./u, ""));
  }
  return names;
}

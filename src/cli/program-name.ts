/**
 * The words that run this program again, for commands that a person copies: `npx tocsin` where npm started it, since it
 * is not on the PATH then.
 */
export function programName(env: NodeJS.ProcessEnv): string {
  return env["npm_command"] === undefined ? "tocsin" : "npx tocsin";
}

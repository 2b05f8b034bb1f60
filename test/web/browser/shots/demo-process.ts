import { type RunningProgram, startProgram } from "../../../support/running-program.ts";
import { until } from "../../../support/until.ts";

/** `tocsin demo` as somebody starts it, in a process of its own. */
export interface Demo extends AsyncDisposable {
  /** Of its page. */
  readonly address: string;
  /** Opens changes. */
  readonly token: string;
  /** Waits until it has said this. @throws {Error} when it ends without. */
  says(text: string): Promise<void>;
}

/** Starts it, and waits until its page is there. @param args After `demo`. */
export async function startDemo(...args: readonly string[]): Promise<Demo> {
  const program = startProgram(process.execPath, ["src/main.ts", "demo", ...args]);
  await hear(program, "Changes ");
  const found = (pattern: RegExp): string => pattern.exec(program.log())?.[1] ?? "";
  return {
    address: found(/Page +(http:\/\/127\.0\.0\.1:\d+)/u),
    token: found(/TOCSIN_TOKEN=([0-9a-f]+)/u),
    says: (text) => hear(program, text),
    [Symbol.asyncDispose]: () => program.stop(),
  };
}

async function hear(program: RunningProgram, text: string): Promise<void> {
  const hasSaid = (): boolean => {
    const isSaid = program.log().includes(text);
    if (!isSaid && program.hasEnded()) throw new Error(`the demo ended without ${text}:\n${program.log()}`);
    return isSaid;
  };
  await until(hasSaid, () => program.log());
}

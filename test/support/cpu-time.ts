/** Milliseconds of processor time that `run` takes: more work elsewhere on the machine does not make them more. */
export function cpuMsOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

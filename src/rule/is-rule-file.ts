/** Whether a file that a pattern found is a rule file; tests beside rules are none. @param name Without folders. */
export function isRuleFile(name: string): boolean {
  return !name.endsWith(".test.yaml");
}

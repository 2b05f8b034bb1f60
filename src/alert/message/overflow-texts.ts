/** Title and text of the alert that gathers what is not tracked one by one: the rule's own texts speak of one object. */
export function overflowTexts(
  rule: string,
  description: string,
): { readonly title: string; readonly text: string } {
  const what = description === "" ? rule : description.replace(/\.$/u, "");
  return {
    title: `More of: ${what}`,
    text: "More alerts are open than Tocsin tracks one by one. What else comes under this rule is counted here together.",
  };
}

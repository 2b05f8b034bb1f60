/**
 * Title and text of the overflow alert of a rule. The rule's own texts do not fit, because they describe one object.
 */
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

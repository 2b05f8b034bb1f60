/** Code between backticks on one line, as rules write it; `split` gives the code at odd places. */
export const CODE_SPAN = /`([^`\n]+)`/u;

/** The text without the backticks around code, for receivers that show them as they are. */
export function plainCode(text: string): string {
  return text.split(CODE_SPAN).join("");
}

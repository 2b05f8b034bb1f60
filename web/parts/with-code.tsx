import { createElement, Fragment, type VNode } from "preact";

/** Code between backticks on one line, as rules write it. */
const CODE_SPAN = /`([^`\n]+)`/u;

/** A text with the code between its backticks as code. Nothing else in it means anything. */
export function WithCode({ text }: { readonly text: string }): VNode {
  // `split` by a group gives what is between the backticks at odd places.
  const parts = text
    .split(CODE_SPAN)
    .map((part, index) => (index % 2 === 1 ? createElement("code", null, part) : part));
  return createElement(Fragment, null, ...parts);
}

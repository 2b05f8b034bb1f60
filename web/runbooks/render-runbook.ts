import { Marked } from "marked";

/** Text of a page that is no markup: `kubectl logs <pod>` shall show its brackets also outside of code. */
const marked = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      return `<a href="${escapeHtml(addressOf(href))}">${this.parser.parseInline(tokens)}</a>`;
    },
  },
});

/**
 * A runbook as a page of its own, without a script and without a style in it, so that its policy can forbid both.
 *
 * @param markdown Begins with a heading, which is the title of the page.
 */
export function renderRunbook(markdown: string): string {
  const title = /^# (.+)$/mu.exec(markdown)?.[1] ?? "Runbook";
  // It answers a promise only where an extension is asynchronous, and there is none.
  const content = marked.parse(markdown) as string;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Tocsin</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/runbooks/runbook.css">
</head>
<body>
<nav><a href="/">Open alerts</a> <a href="/runbooks">All runbooks</a></nav>
<main>
${content}</main>
</body>
</html>
`;
}

/** Pages link each other by file: `crash-loop.md`. */
function addressOf(href: string): string {
  const name = /^([\w-]+)\.md$/u.exec(href)?.[1];
  if (name === undefined) return href;
  return name === "README" ? "/runbooks" : `/runbooks/${name}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

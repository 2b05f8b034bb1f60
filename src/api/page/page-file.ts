/** One file of the built page. */
export interface PageFile {
  /** Below the folder of the page: `index.html`. */
  readonly name: string;
  /** The ending of its name, by which its media type is found. */
  readonly type: "html" | "js" | "css" | "svg";
  /** Whether its name changes with its content, so that a copy of it is good for ever. */
  readonly isImmutable: boolean;
  /** Whether it is a runbook or its style: text without a script. */
  readonly isRunbook?: boolean;
}

const INDEX: PageFile = { name: "index.html", type: "html", isImmutable: false };
const ICON: PageFile = { name: "icon.svg", type: "svg", isImmutable: false };

/** The views of the page: all are the same file, which reads its address. A path with a dot is a file, never a view. */
const VIEW = /^\/(?:alerts|history|events|silences|deliveries|rules|status|playground)(?:\/[^.]*)?$/u;

/** Runbooks, by the name of their rule. */
const RUNBOOK = /^\/runbooks\/(?<rule>[a-z0-9]+(?:-[a-z0-9]+)*)$/u;
const RUNBOOKS: PageFile = { name: "runbooks/index.html", type: "html", isImmutable: false, isRunbook: true };
const RUNBOOK_STYLE: PageFile = { ...RUNBOOKS, name: "runbooks/runbook.css", type: "css" };

/** The script and the styles, named with their hash. */
const BUNDLE = /^\/(?<name>app\.[\w-]+\.(?<type>js|css))$/u;

/**
 * The file of the page that answers a path; undefined for all other paths.
 *
 * No part of a path reaches the file system but the name of a bundle and that of a rule, which have no slash.
 *
 * @param path Of a URL, as it came.
 */
export function pageFileOf(path: string): PageFile | undefined {
  if (path === "/" || VIEW.test(path)) return INDEX;
  if (path === "/icon.svg") return ICON;
  if (path === "/runbooks" || path === "/runbooks/") return RUNBOOKS;
  if (path === "/runbooks/runbook.css") return RUNBOOK_STYLE;
  const rule = RUNBOOK.exec(path)?.groups?.["rule"];
  if (rule !== undefined) return { ...RUNBOOKS, name: `runbooks/${rule}.html` };
  const bundle = BUNDLE.exec(path)?.groups;
  if (bundle?.["name"] === undefined) return undefined;
  return { name: bundle["name"], type: bundle["type"] === "js" ? "js" : "css", isImmutable: true };
}

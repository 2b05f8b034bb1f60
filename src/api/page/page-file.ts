/** One file of the built page. */
export interface PageFile {
  /** Below the folder of the page: `index.html`. */
  readonly name: string;
  /** The ending of its name, by which its media type is found. */
  readonly type: "html" | "js" | "css" | "svg";
  /** Whether its name changes with its content, so that a copy of it is good for ever. */
  readonly isImmutable: boolean;
}

const INDEX: PageFile = { name: "index.html", type: "html", isImmutable: false };
const ICON: PageFile = { name: "icon.svg", type: "svg", isImmutable: false };

/** The views of the page: all are the same file, which reads its address. A path with a dot is a file, never a view. */
const VIEW = /^\/(?:alerts|history|events|silences|deliveries|rules|status|playground)(?:\/[^.]*)?$/u;

/** The script and the styles, named with their hash. */
const BUNDLE = /^\/(?<name>app\.[\w-]+\.(?<type>js|css))$/u;

/**
 * The file of the page that answers a path; undefined for all other paths.
 *
 * No part of a path reaches the file system but the name of a bundle, which has no slash.
 *
 * @param path Of a URL, as it came.
 */
export function pageFileOf(path: string): PageFile | undefined {
  if (path === "/" || VIEW.test(path)) return INDEX;
  if (path === "/icon.svg") return ICON;
  const bundle = BUNDLE.exec(path)?.groups;
  if (bundle?.["name"] === undefined) return undefined;
  return { name: bundle["name"], type: bundle["type"] === "js" ? "js" : "css", isImmutable: true };
}

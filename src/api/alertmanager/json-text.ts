/** A document as text; as the rest of the API writes it, no browser can take it for a page. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&]/gu,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

import { PlainOrSecret } from "../../lib/secret-option.ts";

/** The address of an HTTP receiver: a string or a secret. */
export const HttpUrl = PlainOrSecret.refine((url) => typeof url !== "string" || isHttp(url), {
  message: "not an http:// or https:// URL",
});

function isHttp(text: string): boolean {
  return /^https?:$/u.test(URL.parse(text)?.protocol ?? "");
}

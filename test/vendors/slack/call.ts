import type { ReceivedRequest } from "../../support/fake-receiver.ts";
import { type Json, asObject } from "../json.ts";
import { Refusal } from "./refusal.ts";

/** A call of the Web API as it came. */
export interface Call {
  /** Such as `chat.postMessage`. */
  readonly method: string;
  readonly token: string | undefined;
  readonly args: Json;
  /** Words of `warning`, which Slack adds to an answer. */
  readonly warnings: readonly string[];
}

/** Reads a request to a method, the last part of its path: JSON or a form. Throws a `Refusal` where Slack gives one. */
export function readCall(request: ReceivedRequest): Call {
  const url = new URL(request.path, "http://slack.test");
  const method = url.pathname.replace(/^.*\//u, "");
  const bearer = /^Bearer (?<token>\S+)$/u.exec(request.headers["authorization"] ?? "")?.groups?.["token"];
  const query = Object.fromEntries(url.searchParams);
  if (request.method === "GET") return { method, token: bearer ?? query["token"], args: query, warnings: [] };
  if (request.method !== "POST") throw new Refusal("invalid_arguments");
  const [type = "", charset] = (request.headers["content-type"] ?? "")
    .split(";")
    .map((part) => part.trim().toLowerCase());
  checkCharset(charset);
  switch (type) {
    case "application/json":
      // "missing_charset": https://docs.slack.dev/apis/web-api, "Evaluating responses". A token in JSON does not count.
      return {
        method,
        token: bearer,
        args: parseJson(request.body),
        warnings: charset === undefined ? ["missing_charset"] : [],
      };
    case "application/x-www-form-urlencoded": {
      const { token, ...args } = {
        ...query,
        ...Object.fromEntries(new URLSearchParams(request.body)),
      } as Json;
      return { method, token: bearer ?? (typeof token === "string" ? token : undefined), args, warnings: [] };
    }
    case "":
      if (request.body !== "") throw new Refusal("missing_post_type");
      return { method, token: bearer ?? query["token"], args: query, warnings: [] };
    default:
      throw new Refusal("invalid_post_type");
  }
}

/** "Valid charset names are: utf-8 iso-8859-1": slack-api-ref. */
function checkCharset(charset: string | undefined): void {
  if (charset !== undefined && !/^charset="?(?:utf-8|iso-8859-1)"?$/u.test(charset))
    throw new Refusal("invalid_charset");
}

/** `invalid_json` and `json_not_object`: https://docs.slack.dev/apis/web-api, "POST bodies". */
function parseJson(body: string): Json {
  if (body === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal("invalid_json");
  }
  const object = asObject(parsed);
  if (object === undefined) throw new Refusal("json_not_object");
  return object;
}

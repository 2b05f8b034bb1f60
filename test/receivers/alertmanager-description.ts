import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";

import { findServer } from "./find-server.ts";

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u;

const Description = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

const Response = z.looseObject({ $ref: z.string().optional(), schema: z.unknown().optional() });
const Operation = z.looseObject({ responses: z.record(z.string(), Response) });

/** The answers that Alertmanager's openapi.yaml promises. */
export class AlertmanagerDescription {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #paths: z.infer<typeof Description>["paths"];

  /** Reads the one of Alertmanager 0.35, out of its module. */
  constructor() {
    const client = findServer("alertmanager-0.35/client") ?? "";
    const document: unknown = parse(readFileSync(join(dirname(client), "api/openapi.yaml"), "utf8"));
    this.#paths = Description.parse(document).paths;
    this.#ajv.addFormat("date-time", RFC3339);
    this.#ajv.addFormat("uri", (text) => URL.canParse(text));
    this.#ajv.addFormat("uuid", true);
    this.#ajv.addSchema(z.looseObject({}).parse(document), "openapi");
  }

  /** Every path with its methods, as `GET /alerts`. */
  get operations(): readonly string[] {
    return Object.entries(this.#paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== "parameters")
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** The differences of an answer; "" for none. @param body Its text; "" for none. */
  faultsOf(operation: string, status: number, body: string): string {
    const [method = "", path = ""] = operation.split(" ");
    const { responses } = Operation.parse(this.#paths[path]?.[method.toLowerCase()]);
    const response = responses[String(status)];
    if (response === undefined) return `${operation} may not answer ${status}: ${body}`;
    const own = `/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}/responses/${status}`;
    const place = response.$ref?.slice(1) ?? own;
    const isEmpty = response.$ref === undefined && response.schema === undefined;
    if (isEmpty) return body === "" ? "" : `${operation} has a body with ${status}: ${body}`;
    const check = this.#ajv.compile({ $ref: `openapi#${encodeURI(place)}/schema` });
    return check(JSON.parse(body)) ? "" : this.#ajv.errorsText(check.errors);
  }
}

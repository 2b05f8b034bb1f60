import { asObject } from "../json.ts";

/**
 * Leaves of an answer only what a request asks for by `filter_path`
 * (https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options#common-options-response-filtering):
 * paths by commas, `*` for one step. An item of a list that has nothing left goes too.
 *
 * @param paths Undefined or null for all.
 */
export function filterPath(answer: unknown, paths: string | null): unknown {
  if (paths === null || paths === "") return answer;
  return keep(
    answer,
    paths.split(",").map((path) => path.trim().split(".")),
  );
}

function keep(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value))
    return value.map((item) => keep(item, paths)).filter((item) => item !== undefined);
  const object = asObject(value);
  if (object === undefined) return undefined;
  const kept = Object.entries(object).flatMap(([key, item]) => {
    const further = paths.filter(([step]) => step === key || step === "*").map((path) => path.slice(1));
    const left = further.length === 0 ? undefined : keep(item, further);
    return left === undefined ? [] : [[key, left] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

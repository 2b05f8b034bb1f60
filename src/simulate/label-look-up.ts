import { ObjectKey } from "../event/index.ts";
import { answerKey } from "../object/index.ts";
import type { LookUp } from "../pipeline/index.ts";
import { namesOf } from "./story.ts";

/** Labels of objects, by `namespace/Kind/name` as in a story. */
export type LabelSpecs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A look-up that finds the labels of a story, and nothing else. @param cluster Of its objects. */
export function labelLookUp(specs: LabelSpecs, cluster: string): LookUp {
  const found = new Map(
    Object.entries(specs).flatMap(([names, labels]) =>
      namesOf(names).map((each) => {
        const [namespace = "", kind = "", name = ""] = each.split("/");
        return [ObjectKey.format({ cluster, kind, namespace, name }), { labels, annotations: {} }] as const;
      }),
    ),
  );
  return {
    wants: () => false,
    find: () => Promise.resolve([]),
    gone: () => Promise.resolve([]),
    describe: (objects) => {
      const known = [...objects].flatMap((asked) => {
        const facts = found.get(asked.object);
        return facts === undefined ? [] : [[answerKey(asked), facts] as const];
      });
      return Promise.resolve(new Map(known));
    },
  };
}

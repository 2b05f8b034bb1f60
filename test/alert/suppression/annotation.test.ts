import { expect, it } from "vitest";

import { annotationSilence } from "../../../src/alert/suppression/annotation.ts";
import { SilenceBook } from "../../../src/alert/suppression/silence-book.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

function annotated(name: string): { readonly object: string; readonly annotations: Record<string, string> } {
  return {
    object: `test/Pod/shop/${name}`,
    annotations: { "tocsin.dev/silence-until": "2026-06-02T00:00:00Z" },
  };
}

it("makes no silence where there is no room for more", () => {
  const silences = Array.from({ length: 1000 }, (_, index) => annotationSilence(annotated(`p${index}`), NOW));
  const book = new SilenceBook();
  book.load(silences.flatMap((silence) => silence ?? []));
  expect(book.annotate([annotated("one-more")], NOW)).toBe(false);
  expect(book.all()).toHaveLength(1000);
  // Those that are there are still looked after.
  expect(book.annotate([{ object: "test/Pod/shop/p0", annotations: {} }], NOW)).toBe(true);
});

it("is forgotten five days after it was over", () => {
  const book = new SilenceBook();
  book.annotate([annotated("a")], NOW);
  book.drain();
  book.sweep(NOW + 5 * DAY);
  expect(book.all()).toHaveLength(1);
  book.sweep(NOW + 6 * DAY);
  expect(book.drain().forget).toEqual([{ kind: "silence", key: "annotation/test/Pod/shop/a" }]);
});

import type { VNode } from "preact";

import { place, refine } from "../state/place.ts";

/** A field whose text is a parameter of the address. */
export function SearchField({
  label,
  parameter,
}: {
  readonly label: string;
  readonly parameter: string;
}): VNode {
  return (
    <input
      type="search"
      class="search"
      value={place.value.query.get(parameter) ?? ""}
      placeholder={`${label}  ( / )`}
      aria-label={label}
      autocomplete="off"
      spellcheck={false}
      maxLength={200}
      onInput={(event) => refine({ [parameter]: event.currentTarget.value })}
    />
  );
}

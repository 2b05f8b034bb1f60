import type { VNode } from "preact";

import { JUMPS, showsKeys } from "../state/keys.ts";
import { Dialog } from "./dialog.tsx";

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["/", "to the filter"],
  ["j k", "next and previous row"],
  ["Enter", "open the row"],
  ["s", "silence what is marked or open"],
  ["Esc", "close, or leave the field"],
];

/** The keys of the page. */
export function KeyList(): VNode {
  const close = (): void => {
    showsKeys.value = false;
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {[
          ...KEYS,
          ...Object.entries(JUMPS).map(([key, { name }]) => [`g ${key}`, name] as const),
          ["?", "this list"] as const,
        ].map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

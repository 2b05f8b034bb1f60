import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import { go, place, queryText, withValues } from "../../state/place.ts";

const HINT = `kubectl get event NAME -o json`;

/** Properties of the box. */
export interface PasteBoxProps {
  /** @param event As the API server gives it. */
  readonly onExplain: (event: object) => void;
}

/** An Event of another time, or one that was never written. */
export function PasteBox({ onExplain }: PasteBoxProps): VNode {
  const fault = useSignal("");
  const explain = (text: string): void => {
    const event = parseObject(text);
    fault.value = event === undefined ? "That is not one Event in JSON." : "";
    if (event === undefined) return;
    go(`/events${queryText(withValues(place.value.query, { id: "" }))}`);
    onExplain(event);
  };
  return (
    <details class="panel">
      <summary>Or paste one</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.elements.namedItem("event");
          if (field instanceof HTMLTextAreaElement) explain(field.value);
        }}
      >
        <label>
          <span>
            An Event in JSON, as <code>{HINT}</code> gives it
          </span>
          <textarea name="event" rows={9} class="mono" spellcheck={false} required maxLength={50_000} />
        </label>
        <p class="fault" role="alert">
          {fault.value}
        </p>
        <button type="submit">Explain</button>
      </form>
    </details>
  );
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

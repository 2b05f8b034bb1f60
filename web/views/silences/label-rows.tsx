import type { VNode } from "preact";

import type { DraftLabel } from "../../model/silence-draft.ts";

/** Properties of the rows. */
export interface LabelRowsProps {
  readonly labels: readonly DraftLabel[];
  readonly onChange: (labels: readonly DraftLabel[]) => void;
}

/** A row for each label: whether the silence names it, and the pattern. */
export function LabelRows({ labels, onChange }: LabelRowsProps): VNode {
  const change = (label: string, part: Partial<DraftLabel>): void =>
    onChange(labels.map((each) => (each.label === label ? { ...each, ...part } : each)));
  return (
    <div class="label-rows">
      {labels.map(({ label, value, isOn }) => (
        <div key={label}>
          <label class="check">
            <input
              type="checkbox"
              checked={isOn}
              onChange={(event) => change(label, { isOn: event.currentTarget.checked })}
            />
            {label}
          </label>
          <input
            value={value}
            aria-label={`Pattern of ${label}`}
            placeholder="value, gl*b, /regex/ or !value"
            spellcheck={false}
            autocomplete="off"
            maxLength={500}
            onInput={(event) => {
              const { value } = event.currentTarget;
              change(label, { value, isOn: value !== "" });
            }}
          />
        </div>
      ))}
    </div>
  );
}

import type { VNode } from "preact";

import { CopyButton } from "../../parts/copy-button.tsx";

/** Commands that look further. The bridge makes them of names of objects alone. */
export function Commands({ commands }: { readonly commands: readonly string[] }): VNode | null {
  if (commands.length === 0) return null;
  return (
    <section>
      <h2>Next</h2>
      {commands.map((command) => (
        <div key={command} class="command">
          <code>{command}</code>
          <CopyButton text={command} />
        </div>
      ))}
    </section>
  );
}

import type { ComponentChildren, VNode } from "preact";

/** What may be wider than its place, such as a table, and is then moved by finger, wheel or arrow keys. */
export function Wide({ of, children }: { readonly of: string; readonly children: ComponentChildren }): VNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a keyboard can only move what has the focus
    <div class="wide" tabIndex={0} role="region" aria-label={of}>
      {children}
    </div>
  );
}

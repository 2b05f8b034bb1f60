import type { VNode } from "preact";

/** An address that leads nowhere. */
export function Nowhere(): VNode {
  return (
    <section class="empty">
      <h1>There is no such page</h1>
      <p>
        <a href="/">To the open alerts</a>
      </p>
    </section>
  );
}

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useErrorBoundary, useRef } from "preact/hooks";

/** Properties of a boundary. */
export interface BoundaryProps {
  /** With another address the view is tried again. */
  readonly path: string;
  readonly children: ComponentChildren;
}

/** Keeps a fault of one view from the rest of the page; the browser's console has it in full. */
export function Boundary({ path, children }: BoundaryProps): VNode {
  const [fault, reset] = useErrorBoundary((error: unknown) => reportError(error));
  // The function is another one each time, and only another address calls for it.
  const retry = useRef(reset);
  retry.current = reset;
  useEffect(() => retry.current(), [path]);
  if (fault === undefined) return <>{children}</>;
  return (
    <section class="empty" role="alert">
      <h1 tabIndex={-1}>This view cannot be shown</h1>
      <p>It has a fault; the others go on. The browser&rsquo;s console says more.</p>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </section>
  );
}

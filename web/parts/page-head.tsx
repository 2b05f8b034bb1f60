import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The heading of a view, which takes the focus when the view opens, and what stands beside it. */
export function PageHead({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tocsin`;
    heading.current?.focus({ preventScroll: true });
    return () => {
      document.title = "Tocsin";
    };
  }, [title]);
  return (
    <div class="title-line">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  );
}

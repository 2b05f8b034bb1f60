import type { ComponentChildren, VNode } from "preact";

import type { ApiError } from "../state/api.ts";

/** Says why a question failed. Nothing while it did not. */
export function Problem({
  problem,
  again,
}: {
  readonly problem: ApiError | undefined;
  readonly again?: () => void;
}): VNode | null {
  if (problem === undefined) return null;
  return (
    <div class="problem" role="alert">
      <p>{problem.message}</p>
      {problem.faults.map(({ path, message }) => (
        <p key={path}>
          <code>{path}</code> {message}
        </p>
      ))}
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The next page of a list. Nothing when all is read. */
export function More({
  more,
  children,
}: {
  readonly more: (() => void) | undefined;
  readonly children: ComponentChildren;
}): VNode | null {
  if (more === undefined) return null;
  return (
    <button type="button" class="next-page" onClick={more}>
      {children}
    </button>
  );
}

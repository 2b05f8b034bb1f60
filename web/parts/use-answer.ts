import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError, ask, send } from "../state/api.ts";
import { setClock } from "../state/clock.ts";

/** An answer of the bridge in a view. */
export interface Asked<Answer> {
  /** The newest answer to this question; undefined until the first. */
  readonly answer: Answer | undefined;
  /** Why the last try failed; undefined when it did not. */
  readonly problem: ApiError | undefined;
  /** Asks again. */
  readonly again: () => void;
}

/** How long a question that changes key by key waits for the next key, milliseconds. */
const PAUSE_MS = 200;

/**
 * Asks the bridge, again when the question or the turn changes. The answer before stays until the new one is there.
 *
 * @param path Below `/api/v1`; undefined asks nothing. @param turn Changes when the answer may have changed.
 * @param body JSON, for a question that is posted; undefined for others.
 */
export function useAnswer<Answer>(
  path: string | undefined,
  turn?: number | string,
  body?: string,
): Asked<Answer> {
  const [state, setState] = useState<{
    readonly path?: string;
    readonly answer?: Answer;
    readonly problem?: ApiError;
  }>({});
  const [tries, setTries] = useState(0);
  const hasAsked = useRef(false);
  useEffect(() => {
    if (path === undefined) return undefined;
    const given = new AbortController();
    const load = (): Promise<Answer> =>
      body === undefined
        ? ask<Answer>(path, given.signal)
        : send<Answer>("POST", path, JSON.parse(body), given.signal);
    const timer = setTimeout(
      () =>
        void attempt(load, given.signal).then(
          (next) => next && setState((before) => merge(before, { path: path + (body ?? ""), ...next })),
        ),
      hasAsked.current ? PAUSE_MS : 0,
    );
    hasAsked.current = true;
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [path, body, turn, tries]);
  return {
    answer: path === undefined ? undefined : state.answer,
    problem: state.problem,
    again: () => setTries(tries + 1),
  };
}

interface Outcome<Answer> {
  readonly path: string;
  readonly answer?: Answer;
  readonly problem?: ApiError;
}

/** A failure keeps the answer to the same question, with the problem above it. */
function merge<Answer>(before: Partial<Outcome<Answer>>, next: Outcome<Answer>): Partial<Outcome<Answer>> {
  if (next.problem === undefined || before.path !== next.path || before.answer === undefined) return next;
  return { ...next, answer: before.answer };
}

async function attempt<Answer>(
  load: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<{ readonly answer: Answer } | { readonly problem: ApiError } | undefined> {
  try {
    const answer = await load();
    if (hasTime(answer)) setClock(answer.at);
    return { answer };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof ApiError) return { problem: error };
    throw error;
  }
}

function hasTime(answer: unknown): answer is { readonly at: string } {
  return typeof answer === "object" && answer !== null && "at" in answer && typeof answer.at === "string";
}

import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError, ask, send } from "../state/api.ts";
import { setClock } from "../state/clock.ts";
import { RepeatedReading } from "../state/repeated-reading.ts";

/** An answer of the bridge in a view. */
export interface Asked<Answer> {
  /** The newest answer to this question; undefined until the first. */
  readonly answer: Answer | undefined;
  /** Why the last try failed; undefined when it did not. */
  readonly problem: ApiError | undefined;
  /** Asks again. */
  readonly again: () => void;
  /** Asks for a page more. */
  readonly more: () => void;
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
  return useReading<Answer>(path === undefined ? undefined : path + (body ?? ""), turn, async (signal) => {
    if (path === undefined) throw new TypeError("nothing is asked");
    return body === undefined
      ? ask<Answer>(path, signal)
      : send<Answer>("POST", path, JSON.parse(body), signal);
  });
}

/**
 * Reads something of the bridge, again when the question or the turn changes.
 *
 * @param question Names what is read; undefined reads nothing.
 * @param read Reads that many pages. @throws {ApiError}
 */
export function useReading<Answer>(
  question: string | undefined,
  turn: number | string | undefined,
  read: (signal: AbortSignal, pages: number) => Promise<Answer>,
): Asked<Answer> {
  const [state, setState] = useState<Partial<Outcome<Answer>>>({});
  const hasAsked = useRef(false);
  const current = useRef<RepeatedReading | undefined>(undefined);
  const newest = useRef(read);
  newest.current = read;
  useEffect(() => {
    if (question === undefined) return undefined;
    const reading = new RepeatedReading(async (signal) => {
      const next = await attempt(() => newest.current(signal, reading.pages), signal);
      if (next) setState((before) => merge(before, { question, ...next }));
    });
    current.current = reading;
    reading.begin(hasAsked.current ? PAUSE_MS : 0);
    hasAsked.current = true;
    return () => {
      current.current = undefined;
      reading.end();
    };
  }, [question]);
  useEffect(() => current.current?.renew(), [turn]);
  return {
    answer: question === undefined ? undefined : state.answer,
    problem: state.problem,
    again: () => current.current?.now(),
    more: () => current.current?.now(true),
  };
}

interface Outcome<Answer> {
  readonly question: string;
  readonly answer?: Answer;
  readonly problem?: ApiError;
}

/** A failure keeps the answer to the same question, with the problem above it. */
function merge<Answer>(before: Partial<Outcome<Answer>>, next: Outcome<Answer>): Partial<Outcome<Answer>> {
  if (next.problem === undefined || before.question !== next.question || before.answer === undefined)
    return next;
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

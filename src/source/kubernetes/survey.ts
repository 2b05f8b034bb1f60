import { lastHeardOf, normalise } from "../../event/index.ts";
import { type ApiClient, ApiError } from "../../kube/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { errorText, toError } from "../../lib/errors.ts";
import { fetchPage, LIST_START } from "./list.ts";
import type { Scope } from "./scope.ts";
import { troubleOf, troubleText } from "./trouble.ts";
import { watch } from "./watch.ts";

/** So many pages are read of a list that may have no end: 10,000 Events. */
const MOST_PAGES = 20;

/** The server ends a watch that was only tried. */
const TRY_SECONDS = 5;

/** What a list shows of the Events there are. */
export interface Survey {
  /** A watch may start here. */
  readonly resourceVersion: string;
  readonly events: number;
  /** Whether all of them were read. */
  readonly complete: boolean;
  /** Milliseconds since the Event that was written longest ago, by the server's clock; undefined when there is none. */
  readonly oldestMs: number | undefined;
}

/** Reads the Events of a scope once. @throws whatever the API server or the connection says; see `explainFailure`. */
export async function surveyEvents(
  scope: Scope,
  {
    client,
    clock,
    signal,
  }: { readonly client: ApiClient; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Survey> {
  let cursor = LIST_START;
  let survey: Survey | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    try {
      const { items, resourceVersion, continueToken, date } = await fetchPage(
        client,
        scope.path,
        { cursor },
        signal,
      );
      const now = date ?? clock.now();
      const ages = items.flatMap((raw) => ageOf(raw, now));
      survey = {
        resourceVersion,
        events: (survey?.events ?? 0) + items.length,
        complete: continueToken === "",
        oldestMs: oldest(ages, survey?.oldestMs),
      };
      if (survey.complete) return survey;
      cursor = { ...cursor, continueToken };
    } catch (error) {
      // The rest of a list that is compacted under us would say no more than what was read.
      if (survey === undefined || !(error instanceof ApiError) || error.status !== 410) throw error;
      return survey;
    }
  }
  if (survey === undefined) throw new Error("no page was read");
  return survey;
}

function oldest(ages: readonly number[], before: number | undefined): number | undefined {
  const all = before === undefined ? ages : [...ages, before];
  return all.length === 0 ? undefined : Math.max(...all);
}

type Raw = Parameters<typeof normalise>[0];

/** What is no Event says nothing. */
function ageOf(raw: Raw, now: number): readonly number[] {
  try {
    return [Math.max(0, now - lastHeardOf(normalise(raw)))];
  } catch {
    return [];
  }
}

/** Opens a watch from a version and lets go of it. @returns Milliseconds until it was open; else why it is not. */
export async function tryWatch(
  scope: Scope,
  resourceVersion: string,
  {
    client,
    clock,
    signal,
  }: { readonly client: ApiClient; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly ms: number } | { readonly trouble: string }> {
  const startedAt = clock.monotonic();
  let ms = 0;
  const timed: Pick<ApiClient, "stream"> = {
    stream: async (path, ended) => {
      const stream = await client.stream(path, ended);
      ms = clock.monotonic() - startedAt;
      return stream;
    },
  };
  const request = { path: scope.path, resourceVersion, timeoutSeconds: TRY_SECONDS };
  const running = watch(request, { client: timed, clock, signal });
  try {
    const { done, value } = await running.next();
    if (done !== true || value.trouble === undefined) return { ms };
    return { trouble: troubleText(value.trouble, "watch", scope) };
  } finally {
    await running.return({ trouble: undefined, livedMs: 0 });
  }
}

/** What is wrong with a list, in the words of the log. */
export function explainFailure(thrown: unknown, scope: Scope): string {
  const error = toError(thrown);
  return error.name === "TimeoutError" ? errorText(error) : troubleText(troubleOf(error), "list", scope);
}

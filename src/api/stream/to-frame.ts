import type { z } from "zod";

import type { STREAM_EVENTS } from "../schemas/stream.ts";

/** An event as the client reads it, https://html.spec.whatwg.org/multipage/server-sent-events.html. */
type StreamEvents = typeof STREAM_EVENTS;

/** Writes an event. JSON has no line break, so its data is one line. @param id The place that a client resumes from. */
export function toFrame<Name extends keyof StreamEvents>(
  event: Name,
  data: Readonly<z.output<StreamEvents[Name]>>,
  id?: string,
): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

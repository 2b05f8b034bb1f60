import type { Presentation } from "../present/index.ts";
import type { ThreadAbilities, ThreadStep } from "../thread/index.ts";
import type { ChatMessage } from "./chat-message.ts";
import type { ChatCall } from "./connection.ts";

/** A step about a message that is there. */
export type LaterStep = Exclude<ThreadStep, { readonly do: "post" }>;

/** How a chat changes an earlier message, or answers it. */
export interface ChatThread {
  readonly abilities: ThreadAbilities;
  /** A rendered message as the request of a step: as a reply to `step.thread`, or in its place. */
  readonly at: (call: ChatCall, step: LaterStep) => ChatCall;
}

/** The message of a step: only what is said by itself, and a repeat, calls people. */
export function messageOfStep<Options>(
  message: ChatMessage<Options>,
  step: ThreadStep,
): ChatMessage<Options> {
  switch (step.do) {
    case "post":
      return message;
    case "reply":
      return message.notification.kind === "repeat" ? message : { ...message, mentions: [] };
    case "refer":
      return { ...message, mentions: [], shown: elsewhere(message.shown) };
    case "edit":
      return { ...message, mentions: [], shown: editedTo(step, message.shown) };
  }
}

/** The state of now in the place of a parent; the end of one that told several groups keeps its own title. */
function editedTo(step: Extract<ThreadStep, { do: "edit" }>, shown: Presentation): Presentation {
  if (step.to === "elsewhere") return elsewhere(shown);
  return step.title === undefined ? shown : { ...shown, title: step.title, headline: step.title };
}

/** A message whose problem goes on under a newer one: its first line alone. */
function elsewhere({ title, cluster }: Presentation): Presentation {
  return {
    state: "quiet",
    sign: "⚪",
    headline: `Goes on in a newer message: ${title}`,
    title,
    cluster,
    facts: [],
    cause: "",
    text: "",
    note: "",
    evidence: "",
    logs: "",
    places: { shown: [], omitted: 0 },
    command: undefined,
    links: [],
    why: [],
  };
}

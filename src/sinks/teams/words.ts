import type { Meaning } from "../../sink/chat/index.ts";

const COPY = "copy the workflow's address again";

/**
 * Codes of refusals (https://learn.microsoft.com/azure/logic-apps/logic-apps-http-endpoint), and what relays of old
 * connectors said with status 200 (https://github.com/MicrosoftDocs/msteams-docs/issues/1810).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    "WorkflowNotFound",
    { failure: "not-found", class: "broken", hint: `the workflow was deleted; make a new one, or ${COPY}` },
  ],
  [
    "WorkflowTriggerIsNotEnabled",
    {
      failure: "rejected",
      class: "broken",
      hint: "the workflow is turned off; turn it on in Teams or Power Automate",
    },
  ],
  ["AuthorizationFailed", { failure: "unauthorized", class: "broken", hint: `its sig is wrong; ${COPY}` }],
  [
    "DirectApiAuthorizationRequired",
    {
      failure: "unauthorized",
      class: "broken",
      hint: `the address has no sig, or the workflow takes requests of its tenant only: set "Who can trigger the flow" to Anyone, and ${COPY}`,
    },
  ],
  [
    "HTTP error 429",
    { failure: "rate-limited", class: "transient", hint: "Teams is asked too often", waitMs: 60_000 },
  ],
  ["HTTP error 413", { failure: "too-large", class: "poison", hint: "the card is too large" }],
]);

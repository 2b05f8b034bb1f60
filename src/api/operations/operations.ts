import { getAlert } from "./alert.ts";
import { listAlerts } from "./alerts.ts";
import { dropDeadLetters, getDeadLetter, listDeadLetters, retryDeadLetters } from "./dead-letters.ts";
import { listDecisions } from "./decisions.ts";
import { listDeliveries } from "./deliveries.ts";
import { listEvents } from "./events.ts";
import { explain } from "./explain.ts";
import { listGroups } from "./groups.ts";
import { getEndedAlert, getStrip, listHistory } from "./history.ts";
import type { Operation } from "./operation.ts";
import { previewSilence } from "./preview-silence.ts";
import { listRules } from "./rules.ts";
import { closeSession, getMe, openSession } from "./session.ts";
import { expireSilence, listSilences, makeSilence } from "./silences.ts";
import { getStatus } from "./status.ts";
import { getTimeline } from "./timeline.ts";
import { tryRules } from "./try-rules.ts";

/** All operations below `/api/v1`, except its own description. Fixed paths come before those with `{id}`. */
export const OPERATIONS: readonly Operation[] = [
  getStatus,
  listAlerts,
  getAlert,
  getTimeline,
  listGroups,
  listRules,
  listEvents,
  explain,
  tryRules,
  listDeliveries,
  listDecisions,
  listHistory,
  getStrip,
  getEndedAlert,
  listDeadLetters,
  retryDeadLetters,
  dropDeadLetters,
  getDeadLetter,
  listSilences,
  makeSilence,
  previewSilence,
  expireSilence,
  getMe,
  openSession,
  closeSession,
];

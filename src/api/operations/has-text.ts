import type { AlertState } from "../../alert/index.ts";

/** Whether an alert has a text in its title, rule, labels, objects or newest message, whatever the case. */
export function hasText(alert: AlertState, text: string, titleOf: (alert: AlertState) => string): boolean {
  const wanted = text.toLowerCase();
  const has = (value: string): boolean => value.toLowerCase().includes(wanted);
  return (
    Object.values(alert.labels).some(has) ||
    has(alert.fingerprint) ||
    has(alert.event.message) ||
    alert.members.some(({ name }) => has(name)) ||
    has(titleOf(alert))
  );
}

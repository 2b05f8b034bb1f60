import type { WireEvent } from "../alert/index.ts";
import { WHOLE } from "../expression/index.ts";

/**
 * The variable `event` of texts of sinks: the Event of a body, in which the same names mean the same as in rules. `name`,
 * `namespace`, `kind` and `container` are those of the object, `metadata.name` and `.namespace` the Event's own. Printed
 * whole it is the Event of the body.
 */
export function eventScope(event: WireEvent): object {
  const { name, namespace, source, involvedObject: object, metadata, message } = event;
  // An Event that lies elsewhere than its object counts for its own namespace.
  const isElsewhere = object.namespace !== "" && object.namespace !== namespace;
  return {
    ...event,
    name: object.name,
    namespace: isElsewhere ? namespace : object.namespace,
    kind: object.kind,
    container: object.container,
    component: source.component,
    host: source.host,
    note: message,
    metadata: { name, namespace, ...metadata, [WHOLE]: metadata },
    [WHOLE]: event,
  };
}

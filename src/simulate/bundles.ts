import { mergeNotifications, type NewDelivery, type Notification } from "../alert/index.ts";

/** Deliveries that are told in one message. */
export type Bundle = readonly [NewDelivery, ...NewDelivery[]];

/** Joins the deliveries of one step to messages. */
export function bundlesOf(deliveries: readonly NewDelivery[]): readonly Bundle[] {
  const bundles = Map.groupBy(deliveries, ({ sink, bundle, id }) => JSON.stringify([sink, bundle ?? id]));
  return [...bundles.values()].flatMap(([first, ...others]): Bundle[] =>
    first === undefined ? [] : [[first, ...others]],
  );
}

/** The one message of these deliveries, as a sink gets it. */
export function messageOf([first, ...others]: Bundle): Notification {
  return mergeNotifications([first.notification, ...others.map(({ notification }) => notification)]);
}

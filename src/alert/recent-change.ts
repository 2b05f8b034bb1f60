/** A change of an object, as an Event of its controller told it. Its texts come from the cluster and are hostile. */
export type RecentChange = {
  /** By the writer's clock, epoch milliseconds. */
  readonly at: number;
} & (
  | {
      /** A Deployment began to replace its pods, or to run from nothing. */
      readonly what: "rollout";
      /** The name of the ReplicaSet that it began. */
      readonly replicaSet: string;
    }
  | {
      /** Somebody, or an autoscaler, wanted another number of pods. */
      readonly what: "scaled";
      /** Undefined where the Event does not say. */
      readonly from: number | undefined;
      readonly to: number;
    }
  | {
      /** A node takes no new pods, takes pods again, has restarted, or its kubelet has. */
      readonly what: "cordoned" | "uncordoned" | "rebooted" | "kubelet-started";
    }
);

import type { Fault } from "../world.ts";
import { API_FAULTS } from "./api-faults.ts";
import { BRIDGE_FAULTS } from "./bridge-faults.ts";
import { CLUSTER_FAULTS } from "./cluster-faults.ts";
import { SINK_FAULTS } from "./sink-faults.ts";

/** Every fault there is, in the order in which schedules choose. */
export const FAULTS: readonly Fault[] = [...BRIDGE_FAULTS, ...API_FAULTS, ...CLUSTER_FAULTS, ...SINK_FAULTS];

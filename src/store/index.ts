export type {
  DeadLetter,
  LeasedDelivery,
  LeasedRecord,
  LeaseQuery,
  LoadedState,
  QueueDepth,
  Settlement,
  Store,
} from "./store.ts";

/** The answer of an API server to a write. */
export interface WriteAnswer {
  /** Undefined where it could not be learnt. */
  readonly resourceVersion: string | undefined;
}

/** Where Events are written and what the bridge watches. */
export interface Bed extends AsyncDisposable {
  /** The text of a kubeconfig for the bridge. */
  readonly kubeconfig: string;
  /** Each repeats itself until the server has said yes or no; undefined is a no. */
  create(event: EventBody): Promise<WriteAnswer | undefined>;
  patch(namespace: string, name: string, patch: object): Promise<WriteAnswer | undefined>;
  remove(namespace: string, name: string): Promise<WriteAnswer | undefined>;
}

/** A core/v1 Event that has a place. */
export interface EventBody {
  readonly metadata: { readonly namespace: string; readonly name: string };
}

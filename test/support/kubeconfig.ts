/** A kubeconfig, which may be JSON, with one context: for this server, as the account of this token, or without one. */
export function kubeconfigFor(server: string, { token }: { readonly token?: string } = {}): object {
  return {
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server } }],
    users: [{ name: "test", user: token === undefined ? {} : { token } }],
  };
}

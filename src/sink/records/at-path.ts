/** An address with the path of the store's own where it has none; one with a path is taken as it is. */
export function atPath(address: string, path: string): string {
  const url = URL.parse(address);
  if (url === null || url.pathname !== "/") return address;
  url.pathname = path;
  return url.href;
}

/** Where the page lies: at the root of its host, or below the path that somebody's own application forwards. */

/** What stands in front of every path of the page: "" at the root, else like "/dashboard". `script` is a file of the page's. */
export function baseOf(script: string): string {
  const { protocol, pathname } = new URL(script);
  return protocol.startsWith("http") ? pathname.slice(0, Math.max(0, pathname.lastIndexOf("/assets/"))) : "";
}

export const base = baseOf(import.meta.url);

/** The address of a path of the page or of the hub's, as links and requests need it. */
export const at = (path: string): string => base + path;

/** The page to begin with: in somebody's application the deck is about its services. */
export const entrance = at(base === "" ? "/" : "/services");

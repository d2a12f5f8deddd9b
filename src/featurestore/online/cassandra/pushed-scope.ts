/** What names the rows of an overlay in the tables of all stores of a keyspace. */
export function overlayScope(store: string, group: string, overlay: string): string {
  return JSON.stringify([store, "group", group, overlay]);
}

/** What names the rows of a source for loads. */
export function logScope(store: string, source: string): string {
  return JSON.stringify([store, "source", source]);
}

/**
 * Without the members that are undefined: where optional members are handed on, what was not said stays unsaid.
 *
 * @example `defined({ rows: 5, signal: undefined }) // { rows: 5 }`
 */
export function defined<T extends object>(members: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

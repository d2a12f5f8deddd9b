import type { StoredForm } from "../aggregate.ts";

/** The version of the encoding that this program writes and reads: the first character of a stored state. */
const version = "1";

/** States that are kept as JSON behind the encoding's version. `read` makes the object in memory of what was parsed. */
export function storedAs<T extends object>(write: (state: T) => unknown, read: (parsed: unknown) => T): StoredForm {
  return {
    encode: (value) => version + JSON.stringify(write(value as T)),
    decode: (text) => (text.startsWith(version) ? read(JSON.parse(text.slice(version.length))) : undefined),
  };
}

/** SQL of a stored state: the version, and JSON of some SQL. `empty` is the JSON of a state that holds nothing. */
export function storedSql(json: string, empty: string): string {
  return `('${version}' || coalesce(to_json(${json})::varchar, '${empty}'))`;
}

import { normalInt, type Scalar, type Value, type ValueKind } from "../../core/index.ts";

/** A column of a table whose values the language has a type for. */
export interface SourceColumn {
  readonly name: string;
  /** PostgreSQL's own words: `numeric(10,2)`, `timestamp with time zone`. */
  readonly type: string;
  readonly kind: ValueKind;
  /** Of moments: whether they have a zone. Those without are UTC. */
  readonly zoned: boolean;
  /** Whether it is never null. */
  readonly required: boolean;
  /** SQL of a text that says the value exactly; `name` is quoted. */
  readonly sql: (name: string) => string;
  /** The value of such a text. What the language has no value for is missing. */
  readonly parse: (text: string) => Value;
}

/** How the values of a type travel. */
interface Form extends Pick<SourceColumn, "sql"> {
  readonly kind: "bool" | "int" | "float" | "string" | "timestamp" | "date";
  readonly zoned?: true;
  readonly parse: (text: string) => Scalar | null;
}

const text: Form = { kind: "string", sql: (name) => `${name}::text`, parse: (value) => value };
const int: Form = { ...text, kind: "int", parse: (value) => normalInt(BigInt(value)) };
// The shortest text that is that number, rounded once where it is read: a numeric may have any number of digits.
const float: Form = { ...text, kind: "float", parse: finite };
const moment: Form = {
  kind: "timestamp",
  sql: (name) => `case when isfinite(${name}) then (extract(epoch from ${name}) * 1000000)::bigint::text end`,
  parse: exact,
};

/** By the name of the type in `pg_type`. */
const forms: Readonly<Record<string, Form>> = {
  bool: { ...text, kind: "bool", parse: (value) => value === "true" },
  int2: int,
  int4: int,
  int8: int,
  oid: int,
  // As wide as a double, as files hold it.
  float4: { ...float, sql: (name) => `${name}::float8::text` },
  float8: float,
  numeric: float,
  text,
  varchar: text,
  bpchar: text,
  name: text,
  citext: text,
  uuid: text,
  json: text,
  jsonb: text,
  inet: text,
  cidr: text,
  timestamptz: { ...moment, zoned: true },
  timestamp: moment,
  date: {
    kind: "date",
    sql: (name) => `case when isfinite(${name}) then (${name} - date '1970-01-01')::text end`,
    parse: exact,
  },
};

/** What the catalog of PostgreSQL says of a column. */
export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  /** The type's name in `pg_type`; of a domain, that of what it is made of; of an array, that of its elements. */
  readonly base: string;
  readonly isEnum: boolean;
  readonly isArray: boolean;
  readonly required: boolean;
}

/** The column as it is read; `undefined` where the language has no type for it: bytes, intervals, times of day, geometries, records. */
export function sourceColumn({ name, type, base, isEnum, isArray, required }: CatalogColumn): SourceColumn | undefined {
  const form = isEnum ? text : Object.hasOwn(forms, base) ? forms[base] : undefined;
  if (form === undefined) return undefined;
  const { kind, zoned = false, sql, parse } = form;
  if (!isArray) return { name, type, kind, zoned, required, sql, parse };
  return {
    name,
    type,
    kind: `list<${kind}>`,
    zoned,
    required,
    // Numbers as texts: those of JSON are doubles.
    sql: (column) =>
      `case when cardinality(${column}) = 0 then '[]' when array_ndims(${column}) = 1 ` +
      `then (select json_agg(${sql("one")} order by place) from unnest(${column}) with ordinality as each(one, place))::text end`,
    parse: (value) => {
      const items = JSON.parse(value) as readonly (string | null)[];
      return items.map((item) => (item === null ? null : parse(item))).filter((item) => item !== null);
    },
  };
}

function finite(value: string): number | null {
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Moments beyond what a double holds to the microsecond are missing, as they are in files. */
function exact(value: string): number | null {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

import type { ByHand } from "./join-by-hand.ts";

const pack = "struct_pack(a := a, b := b, c := c, d := d, s := s)";

/** Of rows whose time is when they were known. */
export function statesOf(events: string): string {
  return `select key, epoch_us(t) as vis, a, b, c, d, s from ${events}`;
}

/** Ties of {@link statesOf} are broken by the values. */
export const stateOrder = "row(a, b, c, d, s)";

/** The columns of rows with a time of when they were known. */
function knownOf(events: string): string {
  return `select key, epoch_us(t) as t, epoch_us(k) as k, a, b, c, d, s from ${events}`;
}

/** SQL of the time of the newest state of each row, by keys and times alone. Keys are sorted as half as many bytes, which these fit in: a sixth less. */
function momentsOf(events: string): string {
  return `select l.row, l."key" as key, e.vis from l
    asof left join (select key::int as key, epoch_us(t) as vis from ${events}) e on l."key"::int = e.key and l.q >= e.vis`;
}

/**
 * The newest state of each row: its time first, in a statement of its own, then the rows of that time. The fastest of eight ways tried: it takes
 * 0.87 of both in one statement, 0.8 of keeping the file's columns between the two, and about as much as with key and time in one number.
 */
export function latest(events: string): ByHand {
  return {
    before: [`create or replace temp table found as ${momentsOf(events)}`],
    query: `with ${matchedOf(events)} ${tiesBroken(stateOrder)}`,
    tables: ["found"],
  };
}

/**
 * The newest state of each row that was known, in the same two steps: rows that never win are left out first. Rows and states in one order, with the
 * largest time going along, cost as much.
 */
export function latestKnown(events: string): ByHand {
  return {
    before: [
      `create or replace temp table found as
        select l.row, l."key" as key, e.t, e.vis from l asof left join (
          select key, t, vis from (
            select *, max(t) over (partition by key order by vis range unbounded preceding) as newest
            from (select key::int as key, epoch_us(t) as t, greatest(epoch_us(t), epoch_us(k)) as vis from ${events})) where t = newest) e
        on l."key"::int = e.key and l.q >= e.vis`,
    ],
    query: `with matched as materialized (
        select found.row, e.k, e.a, e.b, e.c, e.d, e.s from found left join (${knownOf(events)}) e
        on found.key = e.key and found.t = e.t and found.vis = greatest(e.t, e.k))
      ${tiesBroken("row(k, a, b, c, d, s)")}`,
    tables: ["found"],
  };
}

/** A query up to its table `matched`: of each row all the states of the newest moment, or nothing where there is none. */
export function matchedStates(events: string): string {
  return `with found as materialized (${momentsOf(events)}), ${matchedOf(events)}`;
}

/** The states of the moments in `found`, as an entry of a `with`. */
function matchedOf(events: string): string {
  return `matched as materialized (
      select found.row, e.* from found left join (${statesOf(events)}) e on found.key = e.key and found.vis = e.vis)`;
}

/** The rest of a query from `matched` on: ties are broken among the few rows that have some, the fastest of seven ways tried by hand. */
export function tiesBroken(order: string): string {
  return `, tied as materialized (select row from matched group by row having count(*) > 1)
    select row, a, b, c, d, s from matched anti join tied using (row)
    union all
    select row, best.a, best.b, best.c, best.d, best.s from (
      select row, arg_max(${pack}, ${order}) as best from matched semi join tied using (row) group by row)`;
}

const [hour, day] = [3_600_000_000, 86_400_000_000];
const asked = [
  { over: 30 * day, hop: day },
  { over: 7 * day, hop: hour },
  { over: hour, hop: 300_000_000 },
] as const;

/** A value of the bucket that a quantile is told in: seven binary digits. */
function rounded(quantile: string): string {
  return `case when ${quantile} is not null then (tondo_bucket(${quantile})::bigint * 70368744177664)::bit::double end`;
}

/**
 * Windows by a range join. Time in buckets of the longest window; each row asks two of them. All keys at once take more memory than both
 * sides have, since lists and sets of values do not spill: so some after the others, in `parts` parts.
 */
export function windows(events: string, parts = 8, left = "l"): ByHand {
  const all = Array.from({ length: parts }, (_, part) =>
    windowsOf(events, left, parts === 1 ? "true" : `"key" % ${String(parts)} = ${String(part)}`),
  );
  return {
    before: all.map((sql, i) =>
      i === 0 ? `create or replace temp table parts as ${sql}` : `insert into parts ${sql}`,
    ),
    query: "from parts",
    tables: ["parts"],
    slot: (name, column) => {
      const place = /^(last_\w+)_(\d)$/.exec(name);
      return place === null ? undefined : `coalesce(${column(place[1] ?? "")}[${String(Number(place[2]) + 1)}], 0)`;
    },
  };
}

function windowsOf(events: string, left: string, keys: string): string {
  const size = String(31 * day);
  const starts = asked.map(
    ({ over, hop }, i) => `(q - ${String(over)}) // ${String(hop)} * ${String(hop)} as lo${String(i)}`,
  );
  const names = ["different", "high", "last", "max", "mean", "n", "some", "sum"];
  const aggregates = asked.map((_, i) => {
    const inside = (condition: string): string => `filter (where e.t >= lo${String(i)}${condition})`;
    return [
      `count(distinct e.c) ${inside("")}`,
      `quantile_disc(e.b, 0.9) ${inside("")}`,
      `arg_max(e.a, row(e.t, e.a, e.b, e.c), 3) ${inside("")}`,
      `max(e.b) ${inside("")}`,
      `avg(e.a) ${inside("")}`,
      `count(*) ${inside("")}`,
      `count(*) ${inside(" and e.c > 50")}`,
      `sum(e.a) ${inside("")}`,
    ].map((sql, n) => `${sql} as ${names[n] ?? ""}${String(i)}`);
  });
  // A plan's reads are in the order of their names: different_1h, different_30d, ...
  const ordered = names.flatMap((name) =>
    [2, 0, 1].map((i) => {
      const column = `${name}${String(i)}`;
      if (name === "high") return rounded(column);
      return name === "n" || name === "some"
        ? `coalesce(${column}, 0)`
        : name === "different"
          ? `nullif(${column}, 0)`
          : column;
    }),
  );
  return `with asked as (select row, q, "key" as key, ${starts.join(", ")} from ${left} where ${keys}),
      cut as (select *, unnest(case when lo0 // ${size} = (q - 1) // ${size} then [q // ${size}] else [lo0 // ${size}, (q - 1) // ${size}] end) as bucket from asked),
      e as (select key, epoch_us(t) as t, epoch_us(t) // ${size} as bucket, a, b, c from ${events} where ${keys}),
      w as (select cut.row, ${aggregates.flat().join(", ")} from cut join e
        on cut.key = e.key and cut.bucket = e.bucket and e.t >= lo0 and e.t < q group by cut.row)
    select l.row, ${ordered.join(", ")} from (select row from ${left} where ${keys}) l left join w using (row)`;
}

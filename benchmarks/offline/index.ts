import { joinReads } from "../../src/featurestore/offline/joins/join.ts";
import type { Case, Suite } from "../harness/suite.ts";
import { openWorld, sizes } from "./world.ts";

/**
 * A join by ours and by hand, each from the file to a table in the order of the rows, with the same values in it.
 * `byHand` gives statements that each select `row` and the columns in the order of the vector's reads, from events as `${events}` and
 * rows as `l`.
 */
function joined(
  name: string,
  against: string,
  vector: string,
  byHand: (events: string) => string | readonly string[],
): Case {
  return {
    name,
    against,
    unit: "s",
    async setup() {
      const world = await openWorld();
      const { engine, folder } = world;
      const plan = world.vector(vector);
      const contest = {
        pieces: 1,
        ours: async () => {
          const { tables, columnOf } = await joinReads({ engine, vector: plan, left: "l", places: { folder } });
          const columns = plan.reads.map(({ id }, i) => `${columnOf.get(id) ?? ""} as c${String(i)}`);
          const from = tables.map((table) => ` join ${table} using (row)`).join("");
          await engine.run(
            `create or replace temp table ours as select row, ${columns.join(", ")} from l${from} order by row`,
            "joining",
          );
        },
        baseline: async () => {
          const columns = ["row", ...plan.reads.map((_, i) => `c${String(i)}`)].join(", ");
          const [first = "", ...more] = [byHand(world.events)].flat();
          const unordered = more.length === 0 ? "hand" : "parts";
          const order = more.length === 0 ? "order by row" : "";
          await engine.run(
            `create or replace temp table ${unordered}(${columns}) as ${first} ${order}`,
            "joining by hand",
          );
          for (const part of more) await engine.run(`insert into parts ${part}`, "joining by hand");
          if (more.length === 0) return;
          await engine.run("create or replace temp table hand as from parts order by row", "joining by hand");
        },
        verify: async () => {
          await contest.ours();
          await contest.baseline();
          const columns = ["row", ...plan.reads.map((_, i) => `c${String(i)}`)].join(", ");
          const [found] = await engine.rows(
            `select (select count(*) from ours)::int as n, (select count(*) from
              ((select ${columns} from ours except select ${columns} from hand) union all
               (select ${columns} from hand except select ${columns} from ours)))::int as other`,
            "comparing",
          );
          if (found?.["n"] !== sizes.rows || found["other"] !== 0)
            throw new Error(`${name}: ${String(found?.["other"])} of ${String(found?.["n"])} rows differ`);
        },
        close: () => world.close(),
      };
      return contest;
    },
  };
}

const pack = "struct_pack(a := a, b := b, c := c, d := d, s := s)";

/** Ties are broken among the few rows that have some: the fastest of seven ways tried by hand. */
function latest(candidates: string, order: string): string {
  return `with e as materialized (${candidates}),
      found as (select l.row, l."key" as key, e.vis from l asof left join (select key, vis from e) e on l."key" = e.key and l.q >= e.vis),
      matched as materialized (select found.row, e.* from found left join e on found.key = e.key and found.vis = e.vis),
      tied as materialized (select row from matched group by row having count(*) > 1)
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
 * Time in buckets of the longest window; each row asks two of them. All keys at once take more memory than both sides have, since lists
 * and sets of values do not spill: so some after the others.
 */
function windows(events: string): readonly string[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((part) => windowsOf(events, `"key" % 8 = ${String(part)}`));
}

function windowsOf(events: string, keys: string): string {
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
  return `with asked as (select row, q, "key" as key, ${starts.join(", ")} from l where ${keys}),
      cut as (select *, unnest(case when lo0 // ${size} = (q - 1) // ${size} then [q // ${size}] else [lo0 // ${size}, (q - 1) // ${size}] end) as bucket from asked),
      e as (select key, epoch_us(t) as t, epoch_us(t) // ${size} as bucket, a, b, c from ${events} where ${keys}),
      w as (select cut.row, ${aggregates.flat().join(", ")} from cut join e
        on cut.key = e.key and cut.bucket = e.bucket and e.t >= lo0 and e.t < q group by cut.row)
    select l.row, ${ordered.join(", ")} from (select row from l where ${keys}) l left join w using (row)`;
}

const suite: Suite = {
  name: "offline",
  cases: [
    joined("join-1-group", "DuckDB ASOF by hand, ties broken", "latest", (events) =>
      latest(`select key, epoch_us(t) as vis, a, b, c, d, s from ${events}`, "row(a, b, c, d, s)"),
    ),
    joined("join-known", "DuckDB ASOF by hand over what known leaves", "known", (events) =>
      latest(
        `select * from (
          select key, t, k, greatest(t, k) as vis, a, b, c, d, s, max(t) over (partition by key order by greatest(t, k) range unbounded preceding) as newest
          from (select key, epoch_us(t) as t, epoch_us(k) as k, a, b, c, d, s from ${events})) where t = newest`,
        "row(t, k, a, b, c, d, s)",
      ),
    ),
    joined("windows", "DuckDB range join by hand, in buckets", "windows", windows),
  ],
};

export default suite;

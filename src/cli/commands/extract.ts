import type { Command } from "../command.ts";
import { count, counted, printable, spanText, table } from "../output/index.ts";
import {
  engineOf,
  engineOptions,
  openProject,
  projectOptions,
  sourceDatabaseOptions,
  sourceDatabasesOf,
} from "../project.ts";

/** `tondo extract`: reads tables of databases into files that are kept. */
export const extractCommand: Command = {
  name: "extract",
  summary: "read what is new in the tables of sources, into files that are kept",
  about:
    'Reads the tables of PostgreSQL that applied sources stand in (`postgres "public.orders" cursor updated_at`) into Parquet files ' +
    "in the home, sources/SOURCE/TABLE. Training sets and materialize read those files, never the database.\n\n" +
    "By the cursor only what is new is read: rows beyond its largest value that was seen, and those within the lookback again, for rows " +
    "that were committed late. What is kept of those already does not count twice. A table without a cursor is read whole, in place of " +
    "what was kept of it.\n\n" +
    "The database is read in one transaction that writes nothing and sees one moment. Each file counts once it is written whole: " +
    "after a kill the same command goes on from there.",
  synopsis: ["[SOURCE ...] [--source-database [NAME=]URL] [--full-refresh]"],
  positionals: [
    { name: "SOURCE", help: "only these sources; default: all that stand in tables", optional: true, many: true },
  ],
  options: {
    ...sourceDatabaseOptions,
    "full-refresh": { help: "read whole tables, in place of what is kept of them: after a column changed, say" },
    ...engineOptions,
    ...projectOptions,
  },
  examples: [
    "tondo extract --source-database postgres://reader@db.internal/shop",
    "tondo extract orders --full-refresh",
  ],
  async run(context) {
    const { args, progress, terminal } = context;
    const sources = args.rest("SOURCE");
    const databases = { postgres: sourceDatabasesOf(context) };
    await using tondo = await openProject(context, "reading", engineOf(context), { sources: databases });
    const tables = await tondo.extract({
      ...(sources.length === 0 ? {} : { sources }),
      fullRefresh: args.flag("full-refresh"),
      progress,
      signal: terminal.signal,
    });
    if (tables.length === 0) {
      return { text: "no applied source stands in a table: there is nothing to extract", json: { tables } };
    }
    const right = { align: "right" as const };
    const headings = [
      { name: "SOURCE" },
      { name: "TABLE" },
      { name: "STATUS" },
      { name: "NEW", ...right },
      { name: "KEPT", ...right },
      { name: "BYTES", ...right },
      { name: "UP TO" },
      { name: "TIME", ...right },
    ];
    const rows = tables.map(({ source, table: name, status, rows: read, kept, watermark, seconds }) => [
      source,
      printable(name),
      status,
      count(read),
      count(kept.rows),
      count(kept.bytes),
      watermark ?? "-",
      spanText(seconds),
    ]);
    const notes = tables.flatMap(({ source, table: name, withoutCursor, unread }) => [
      ...(withoutCursor === 0
        ? []
        : [
            `${source}: ${counted(withoutCursor, "row")} of ${printable(name)} not read: their cursor is missing, or no moment between 1685 and 2255`,
          ]),
      ...(unread.length === 0
        ? []
        : [
            `${source}: columns of ${printable(name)} left out, for the language has no such type: ${unread.map((one) => printable(`${one.name} (${one.type})`)).join(", ")}`,
          ]),
    ]);
    const text = [table(headings, rows), ...(notes.length === 0 ? [] : [notes.join("\n")])].join("\n\n");
    return { text, json: { tables } };
  },
};

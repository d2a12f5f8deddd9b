import type { ExpressionPlan, TransportPlan } from "../plan/index.ts";
import type { Expression, FileClause, Identifier, SourceDeclaration, TransportClause } from "../syntax/index.ts";
import { checkTable } from "./check-table.ts";
import type { Report } from "./report.ts";

/** Whether rows lie in files there. */
export function isFile(clause: TransportClause): clause is FileClause {
  return "path" in clause;
}

/** Whether some of a source's rows lie in files. */
export function hasFiles({ transports }: SourceDeclaration): boolean {
  return transports.some(isFile);
}

/** What a place of rows says of their columns: both report what is wrong with it. */
interface Columns {
  /** Checks a `known`. */
  readonly timestamp: (known: Expression) => ExpressionPlan | undefined;
  readonly column: (name: Identifier) => ExpressionPlan | undefined;
}

/** The places of a source's rows. */
export function checkTransports(
  declaration: SourceDeclaration,
  { timestamp, column }: Columns,
  report: Report,
): readonly TransportPlan[] | undefined {
  const transports: TransportPlan[] = [];
  for (const clause of declaration.transports) {
    const knowledge = checkKnowledge(clause, declaration, timestamp, report);
    if (knowledge === undefined) return undefined;
    if (clause.format === "kafka") {
      if (!checkTopic(clause, declaration, report)) return undefined;
      transports.push({ format: "kafka", topic: clause.topic, ...knowledge });
    } else if (clause.format === "postgres") {
      const table = checkTable(clause, declaration, column, report);
      if (table === undefined) return undefined;
      transports.push({ ...table, ...knowledge });
    } else {
      const { format, path, span } = clause;
      if (path.includes("\0") || path === "") return report.error("bad-path", "this is no path", span);
      transports.push({ format, path, ...knowledge });
    }
  }
  return transports;
}

/** When the rows of one place are known. */
function checkKnowledge(
  { known, lag }: TransportClause,
  { source }: SourceDeclaration,
  timestamp: (known: Expression) => ExpressionPlan | undefined,
  report: Report,
): Pick<TransportPlan, "known" | "lag"> | undefined {
  const given = known?.span ?? lag?.span;
  if (given === undefined) return {};
  if (source === "table") {
    return report.error(
      "table-time",
      "a table has no time: its rows are always known",
      given,
      `call it snapshot or events, or leave out \`${known === undefined ? "lag" : "known"}\``,
    );
  }
  if (known !== undefined) {
    const plan = timestamp(known);
    return plan === undefined ? undefined : { known: plan };
  }
  if (lag === undefined || lag.micros > 0) return lag === undefined ? {} : { lag: lag.micros };
  return report.error("bad-duration", "`lag` is longer than 0s", lag.span, "leave it out: rows are then known at once");
}

/** Names that Kafka takes for a topic. */
const topicName = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

function checkTopic(
  clause: Extract<TransportClause, { readonly format: "kafka" }>,
  { source, name, id, transports }: SourceDeclaration,
  report: Report,
): boolean {
  const { topic, span } = clause;
  if (source === "table") {
    report.error(
      "kafka-here",
      `what comes by a topic has a time, and the table "${name.text}" has none: it is read from files`,
      span,
      "call it events or snapshot, or read it from parquet, csv or arrow",
    );
    return false;
  }
  if (!topicName.test(topic)) {
    const hint = "letters, digits, . _ and -, at most 249";
    report.error("bad-topic", "this is no name of a topic", span, hint);
    return false;
  }
  if (source === "events" && transports.length > 1 && id.length === 0) {
    report.error(
      "missing-id",
      `the same event of "${name.text}" may come by this topic and from another place, and would count twice`,
      span,
      "say what makes it the same: id order_id, say",
    );
    return false;
  }
  return true;
}

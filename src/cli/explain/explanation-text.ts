import type { ExplainedProgram, Explanation, PlanNode } from "../../dsl/index.ts";
import type { ExplainedJoin } from "../../featurestore/index.ts";
import { pairs, printable, type Style, table } from "../output/index.ts";

/** The parts of an explanation that can be asked for. */
export type ExplainPart = "about" | "lineage" | "plan" | "sql" | "javascript";

/** An explanation as people read it. */
export function explanationText(
  explanation: Explanation,
  joins: readonly ExplainedJoin[],
  parts: ReadonlySet<ExplainPart>,
  style: Style,
): string {
  const section = (part: ExplainPart, title: string, body: () => string): readonly string[] =>
    parts.has(part) ? [`${style.bold(title)}\n${printable(body())}`.trimEnd()] : [];
  // Colours are put on after `printable`, which would show them.
  const painted = (part: ExplainPart, title: string, body: () => string): readonly string[] =>
    parts.has(part) ? [`${style.bold(title)}\n${body()}`.trimEnd()] : [];
  return [
    ...(parts.has("about") ? [aboutText(explanation, style)] : []),
    ...section("lineage", "Lineage", () => lineageText(explanation)),
    ...painted("plan", "Plan", () => plansText(explanation, style)),
    ...painted("sql", "SQL (DuckDB)", () => sqlText(joins, style)),
    ...painted("javascript", "JavaScript", () => javascriptText(explanation, joins, style)),
  ].join("\n\n");
}

function aboutText({ kind, name, place, doc, owner, description, sla, facts }: Explanation, style: Style): string {
  const head = `${style.bold(printable(name))}  ${kind}${place === undefined ? "" : style.dim(`  ${printable(place)}`)}`;
  const rows: (readonly [string, string])[] = [
    ...(description === undefined ? [] : [["description", description] as const]),
    ...facts.map((fact) => [fact.name, fact.value] as const),
    ...(owner === undefined ? [] : [["owner", owner] as const]),
    ...(sla === undefined ? [] : [["sla", sla] as const]),
  ];
  const body = printable(pairs(rows, "  "));
  return [head, ...(doc === undefined ? [] : [printable(doc.replaceAll(/^/gm, "  "))]), "", body].join("\n");
}

function lineageText({ kind, lineage }: Explanation): string {
  const { sources, stored, features, uses } = lineage;
  const bySource = sources.flatMap((source) => [
    `  ${source.name}  ${source.kind} from ${source.from.join(", ")}`,
    wrapped("columns", source.columns),
  ]);
  const groups = [...new Set(stored.map(({ group }) => group))].flatMap((group) => [
    `  -> ${group} stores`,
    pairs(
      stored
        .filter((one) => one.group === group)
        .map(({ name, text, hop }) => [name, hop === undefined ? text : `${text}, in steps of ${hop}`]),
      "       ",
    ),
  ]);
  const vectors = [...new Set(uses.map(({ vector }) => vector))].map((vector) => {
    const of = (kindOf: "slot" | "label"): readonly string[] =>
      uses.filter((use) => use.vector === vector && use.kind === kindOf).flatMap(({ results }) => results);
    return [
      `  -> ${vector}`,
      ...(of("slot").length === 0 ? [] : [wrapped("slots", of("slot"))]),
      ...(of("label").length === 0 ? [] : [wrapped("labels", of("label"))]),
    ].join("\n");
  });
  const named = kind === "group" ? [] : features.map((name) => `  -> ${name}`);
  const unused = uses.length === 0 && (kind === "feature" || kind === "group") ? ["  -> no vector reads it"] : [];
  return [...bySource, ...groups, ...named, ...vectors, ...unused].join("\n");
}

const columns = 100;

/** Names after a word, over as many lines as they need. */
function wrapped(word: string, names: readonly string[]): string {
  const indent = "       ";
  const lines = [`${indent}${word}`];
  for (const [i, name] of names.entries()) {
    const text = i === names.length - 1 ? name : `${name},`;
    const last = lines.at(-1) ?? "";
    if (last.length + 1 + text.length <= columns) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`${indent}${" ".repeat(word.length)} ${text}`);
  }
  return lines.join("\n");
}

function plansText({ plans }: Explanation, style: Style): string {
  return plans
    .map(({ name, place, tree }) => {
      const rows = [[name, "", place ?? ""], ...treeRows(tree, "", true)];
      const cells = rows.map(([label = "", type = "", at = ""]) => [
        `  ${printable(label)}`,
        style.cyan(type),
        style.dim(printable(at)),
      ]);
      const [head, ...rest] = table([{ name: "" }, { name: "" }, { name: "" }], cells)
        .split("\n")
        .slice(1);
      return [head, ...rest].join("\n");
    })
    .join("\n\n");
}

function treeRows({ label, type, place, children }: PlanNode, indent: string, last: boolean): readonly string[][] {
  const deeper = `${indent}${last ? "   " : "│  "}`;
  return [
    [`${indent}${last ? "└─ " : "├─ "}${label}`, type ?? "", place ?? ""],
    ...children.flatMap((child, i) => treeRows(child, deeper, i === children.length - 1)),
  ];
}

function sqlText(joins: readonly ExplainedJoin[], style: Style): string {
  if (joins.length === 0) return "  Nothing is read from a store.";
  return joins
    .map(({ group, source, how, reads, sql, inJavaScript }) => {
      const notes = [
        `${group} from ${source}: ${how}`,
        ...reads.map(({ column, text, definition }) => `${column} = ${text}: ${definition}`),
        ...(inJavaScript.length === 0 ? [] : ["JavaScript computes, in a pass over the source:"]),
        ...inJavaScript.map(({ what, text, reason }) => `  ${what}: ${text}, since ${reason}`),
      ];
      const comments = notes.map((note) => style.dim(printable(`-- ${note}`)));
      return [comments.join("\n"), ...sql.map((statement) => `${printable(statement)};`)].join("\n\n");
    })
    .join("\n\n");
}

function javascriptText({ kind, programs }: Explanation, joins: readonly ExplainedJoin[], style: Style): string {
  const all = [...joins.flatMap((join) => join.programs), ...programs];
  if (all.length > 0) return all.map((program) => programText(program, style)).join("\n\n");
  return kind === "feature" || kind === "group"
    ? "  None: what the group stores is the feature as it is."
    : "  None: it is a column of the rows.";
}

/** Comments stand in one column, unless a line is longer than this. */
const widest = 72;

function programText({ title, lines }: ExplainedProgram, style: Style): string {
  const longest = Math.max(0, ...lines.map(({ text }) => text.length).filter((length) => length <= widest));
  const body = lines.map(({ text, comment }) =>
    comment === undefined
      ? printable(text)
      : `${printable(text.padEnd(longest))}  ${style.dim(printable(`// ${comment}`))}`,
  );
  return [style.dim(printable(`// ${title}`)), ...body].join("\n");
}

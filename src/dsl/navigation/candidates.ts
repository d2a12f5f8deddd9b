import { scalarKinds } from "../../core/index.ts";
import type { Word } from "../syntax/index.ts";
import { keyCandidates, referenceCandidates } from "./reference-candidates.ts";
import { aggregatesByName, fittedByEntry, functionsByName } from "./library.ts";
import { type Candidate, candidateOf } from "./candidate.ts";
import type { Named } from "./named.ts";
import type { ProjectIndex } from "./project-index.ts";
import type { TextContext } from "./text-context.ts";
import { writtenColumns, writtenFeatures, writtenVector } from "./written-names.ts";

const declarationWords = ["entity", "events", "snapshot", "table", "group", "vector", "test"];
const sourceWords = [
  "parquet",
  "csv",
  "arrow",
  "kafka",
  "postgres",
  "columns",
  "at",
  "known",
  "lag",
  "cursor",
  "lookback",
  "id",
  "deleted",
  "pii",
  "owner",
  "description",
];
const groupWords = ["owner", "description", "sla", "ttl", "hop"];
const vectorWords = ["key", "input", "pii", "let", "label", "owner", "description"];
const valueWords = ["true", "false", "missing", "not"];
const typeNames: readonly string[] = [...scalarKinds, "list", "embedding"];

/** What could stand at a place, the likely first. */
export function candidatesAt(context: TextContext, index: ProjectIndex): readonly Candidate[] {
  if (context.top) return keywords(declarationWords);
  const kind = context.declaration[0]?.image;
  if (kind === "entity") return isType(context.before) ? types() : [];
  if (kind === "events" || kind === "snapshot" || kind === "table") return inSource(context, index);
  if (kind === "group") return inBody(context) ? inGroup(context, index) : inGroupHead(context, index);
  return kind === "vector" ? inVector(context, index) : kind === "test" ? inTest(context, index) : [];
}

function inBody({ before, open }: TextContext): boolean {
  return before[open[0] ?? -1]?.image === "{";
}

function keywords(words: readonly string[], rank = 1): readonly Candidate[] {
  return words.map((label) => ({ label, kind: "keyword", rank }));
}

function types(): readonly Candidate[] {
  return typeNames.map((label) => ({ label, kind: "type", rank: 0 }));
}

function named(names: Iterable<Named>, rank: number): readonly Candidate[] {
  return [...names].map((one) => candidateOf(one, rank));
}

function functions({ declared }: ProjectIndex): readonly Candidate[] {
  return [...named(declared.functions.values(), 4), ...named(functionsByName.values(), 5)];
}

/** Behind a colon, or the `<` of a list. */
function isType(before: readonly Word[]): boolean {
  const last = before.at(-1)?.image;
  return last === ":" || (last === "<" && before.at(-2)?.image === "list");
}

/** Whether what stands before is a value, so that an operator follows. */
function isOperand(word: Word | undefined): boolean {
  if (word === undefined) return false;
  if (word.kind === "string" || word.kind === "number" || word.image === ")" || word.image === "]") return true;
  return word.name !== undefined || ["true", "false", "now", "missing"].includes(word.image);
}

function inSource({ before, clause, declaration, part }: TextContext, index: ProjectIndex): readonly Candidate[] {
  if (before.length < 3) return [];
  const [first, second] = clause;
  if (first === undefined) return keywords(sourceWords);
  if (first.image === "columns") return isType(clause) ? types() : [];
  if (first.image === "pii") return named(writtenColumns(declaration, index), 0);
  const isTable = first.image === "postgres";
  const clauses = [...(isTable ? ["cursor", "lookback"] : []), "known", "lag"];
  const last = clause.at(-1);
  if (last?.kind === "string") return keywords(clauses);
  const isFile = second?.kind === "string";
  if ((isFile && last?.image === "lag") || first.image === "lag" || first.image === "owner") return [];
  if (isTable && clause.at(-2)?.image === "cursor") return keywords(clauses.filter((word) => word !== "cursor"));
  if (isTable && last?.image === "lookback") return [];
  if (isTable && last?.image === "cursor") return named(writtenColumns(declaration, index), 0);
  if (first.image === "description" || part.text) return [];
  if (isOperand(clause.at(-1)) && clause.length > (isFile ? 3 : 1))
    return keywords(["and", "or", "is", "in", ...clauses]);
  return [...named(writtenColumns(declaration, index), 0), ...functions(index), ...keywords(valueWords, 6)];
}

function inGroupHead({ before }: TextContext, index: ProjectIndex): readonly Candidate[] {
  const { entities, sources } = index.declared;
  const words = before.map(({ image }) => image);
  const last = words.at(-1);
  const from = words.indexOf("from", 2);
  const by = words.indexOf("by", 4);
  if (words.length === 1) {
    return named(
      [...entities.values()].map((entity) => entity.named),
      0,
    );
  }
  if (from < 0) return words.length === 4 ? keywords(["from"]) : [];
  if (last === "from")
    return named(
      [...sources.values()].map((source) => source.named),
      0,
    );
  if (by < 0) return keywords(["by"]);
  if (last === "as") return named(entities.get(before[1]?.name ?? "")?.key.values() ?? [], 0);
  if (isOperand(before.at(-1)) && last !== "by") return keywords(["as"]);
  return [...columnsOf(before, index), ...functions(index)];
}

/** The columns of the source that a group names. */
function columnsOf(words: readonly Word[], { declared }: ProjectIndex): readonly Candidate[] {
  const from = words.findIndex(({ image }, i) => i > 2 && image === "from");
  return named(declared.sources.get(words[from + 1]?.name ?? "")?.columns.values() ?? [], 0);
}

function inGroup(context: TextContext, index: ProjectIndex): readonly Candidate[] {
  const { declaration, before, clause, open } = context;
  const [first, second] = clause;
  const source = declaration[declaration.findIndex(({ image }, i) => i > 2 && image === "from") + 1]?.name ?? "";
  const events = index.declared.sources.get(source)?.kind === "events";
  const columns = columnsOf(declaration, index);
  if (first === undefined) return [...keywords(groupWords), ...(events ? [] : columns)];
  const last = clause.at(-1);
  if (!clause.some(({ image }) => image === "=")) return last?.image === "," && !events ? columns : [];
  if (last?.image === "@") return [];
  if (last?.image === "over") return keywords(["next"]);
  if (last?.image === "next") return [];
  if (last?.image === "|") return functions(index);
  if (isOperand(last) && second !== undefined) return keywords(["over", "where", "and", "or", "is", "in", "not"]);
  if (isAggregated(before, clause, open)) return [...columns, ...functions(index), ...keywords(valueWords, 6)];
  const siblings = writtenFeatures(declaration, index).filter(({ name }) => name !== first.name);
  return [
    ...(events ? [] : columns),
    ...named(siblings, 1),
    ...named(aggregatesByName.values(), 3),
    ...functions(index),
    ...keywords(valueWords, 6),
  ];
}

/** In the brackets of an aggregate, or in its condition. */
function isAggregated(before: readonly Word[], clause: readonly Word[], open: readonly number[]): boolean {
  if (open.some((i) => before[i]?.image === "(" && aggregatesByName.has(before[i - 1]?.name ?? ""))) return true;
  const where = clause.findLast(({ image }) => image === "where");
  const bracket = before[open.at(-1) ?? -1];
  return where !== undefined && (bracket === undefined || bracket.start < where.start);
}

function inVector(context: TextContext, index: ProjectIndex): readonly Candidate[] {
  const { declaration, before, clause } = context;
  if (!inBody(context)) return [];
  const [first, second] = clause;
  if (first === undefined) return keywords(vectorWords);
  const last = clause.at(-1);
  const isClause = second?.image !== "=";
  if (isClause && first.image === "key") {
    const isName = last?.image === ":" || last?.image === "," || clause.length === 1;
    return isName
      ? named(
          [...index.declared.entities.values()].map((entity) => entity.named),
          0,
        )
      : [];
  }
  if (isClause && first.image === "input") return isType(clause) ? types() : [];
  if (isClause && (first.image === "owner" || first.image === "description")) return [];
  const isTyped = first.image === "label" && clause[2]?.image === ":";
  if (isTyped && isType(clause)) return types();
  if (isTyped && !clause.some(({ image }) => image === "known")) return keywords(["known"]);
  if (!isTyped && !clause.some(({ image }) => image === "=")) return [];
  const references = referenceCandidates(before, index);
  if (references !== undefined) return references;
  const fitted = first.image === "label" ? [] : [...fittedByEntry.values()];
  if (last?.image === "|") {
    return [...named(fitted, 3).map((one) => ({ ...one, insert: one.label })), ...functions(index)];
  }
  const isKnown = isTyped && last?.image === "known";
  if (isOperand(last) && clause.length > 1 && !isKnown) return keywords(["and", "or", "is", "in", "not"]);
  const { roles, inputs, definitions, labels } = writtenVector(declaration, index);
  const keys = keyCandidates(before, context.open, roles);
  const self = first.image === "let" ? second?.name : first.name;
  const names = first.image === "label" ? [...inputs, ...labels] : [...inputs, ...definitions];
  return [
    ...keys,
    ...named(
      names.filter(({ name, kind }) => name !== self || kind === "input"),
      1,
    ),
    ...(keys.length > 0 ? [] : named(roles, 2)),
    ...functions(index),
    ...keywords(["now", ...valueWords], 6),
  ];
}

function inTest(context: TextContext, index: ProjectIndex): readonly Candidate[] {
  const { before, clause, open } = context;
  if (!inBody(context)) return [];
  const [first, second] = clause;
  if (first === undefined) return keywords(["given", "expect"]);
  const { sources } = index.declared;
  if (first.image === "given") {
    if (clause.length === 1)
      return named(
        [...sources.values()].map((source) => source.named),
        0,
      );
    const last = clause.at(-1)?.image;
    const isCell = open.length === 2 && (last === "{" || last === ",");
    return isCell ? named(sources.get(second?.name ?? "")?.columns.values() ?? [], 0) : [];
  }
  return referenceCandidates(before, index) ?? (isOperand(clause.at(-1)) ? keywords(["at"]) : functions(index));
}

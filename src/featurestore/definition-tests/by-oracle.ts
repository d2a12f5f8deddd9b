import { TondoError, type Value } from "../../core/index.ts";
import type { FunctionLibrary } from "../../dsl/index.ts";
import type { Row } from "../oracle/index.ts";
import { trainingRows, transportOf } from "../oracle/index.ts";
import type { Asked, PathAnswers } from "./asked.ts";
import { evaluate } from "./evaluate.ts";
import { knownExpressions } from "./known-expressions.ts";
import { cellOf } from "./test-files.ts";

/** What the time contract says, by nested loops; what is computed from stored values, by closures. */
export function answersByOracle({ test, moments, outputs }: Asked, functions: FunctionLibrary): PathAnswers {
  const { vector, keys } = test;
  const known = vector.sources.map((source) => {
    const rows = test.rows
      .filter((row) => row.source === source.name)
      .map((row): Row => ({
        ...Object.fromEntries(Object.keys(source.columns).map((name) => [name, cellOf(row, name)])),
        [transportOf]: row.transport,
      }));
    return knownExpressions(
      source,
      vector.groups.filter((group) => group.source === source.name),
      rows,
      functions,
    );
  });
  const readable = {
    ...vector,
    sources: known.map(({ source }) => source),
    groups: known.flatMap(({ groups }) => groups),
  };
  const data = Object.fromEntries(known.map(({ source, rows }) => [source.name, rows]));
  const left = moments.map((at) => ({ at, columns: keys }));
  const found = trainingRows(readable, left, data).map((answers, i) => (leaf: string): Value => {
    if (leaf === "now") return moments[i] ?? null;
    const answer = answers[leaf.slice("stored:".length)];
    if (answer === undefined) throw new TondoError("INTERNAL", `a test reads ${leaf}`);
    return answer.value;
  });
  return { path: "by the contract", values: evaluate(outputs, found, "closures", functions) };
}

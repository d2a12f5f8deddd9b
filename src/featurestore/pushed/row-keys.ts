import { parseTypeName } from "../../core/index.ts";
import { type FunctionLibrary, type GroupPlan, type Raw, sourceExpressions, type SourcePlan } from "../../dsl/index.ts";
import { tryEncodeKey } from "../online/codec/index.ts";
import { PushedProgram } from "../online/pushed-values.ts";

/** The keys of pushed rows in a group, as stores know them; `undefined` of one that has none there, or one that is too long. */
export type RowKeys = (texts: readonly string[]) => readonly (Uint8Array | undefined)[];

/** Computes the keys of rows in a group from their columns as JSON. */
export function rowKeys(group: GroupPlan, source: SourcePlan, functions: FunctionLibrary): RowKeys {
  const kinds = group.key.map(({ type }) => parseTypeName(type).kind);
  const outputs = [...sourceExpressions(group, source)].filter(({ name }) => name.startsWith("key"));
  const program = new PushedProgram(outputs, functions);
  return (texts) => {
    const parts = program.run(texts);
    return texts.map((_, row) =>
      tryEncodeKey(
        kinds,
        kinds.map((_kind, part): Raw => parts[part]?.[row] ?? null),
      ),
    );
  };
}

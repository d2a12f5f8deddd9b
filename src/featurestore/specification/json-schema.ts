import type { Json } from "../../core/index.ts";
import { specificationShape } from "./specification-shape.ts";
import type { Definitions } from "./shape.ts";

/** Where the published schema is to be had. */
export const schemaId: string = "https://unpkg.com/tondo/docs/training-set.schema.json";

/** The JSON Schema of specification files, draft 2020-12, from what the reader itself checks by. */
export function specificationSchema(): Readonly<Record<string, Json>> {
  const definitions: Definitions = new Map();
  const schema = specificationShape.schema(definitions);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: schemaId,
    title: "A training set of Tondo",
    ...schema,
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

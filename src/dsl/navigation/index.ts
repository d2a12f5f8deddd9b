export { type Completion, type Completions, completionsAt } from "./complete.ts";
export type { Declared, DeclaredEntity, DeclaredGroup, DeclaredSource, DeclaredVector } from "./declared.ts";
export { describeNamed } from "./describe.ts";
export type { Named, NamedKind, Occurrence } from "./named.ts";
export { type OutlineItem, outlineOf } from "./outline.ts";
export { indexProject, occurrenceAt, type ProjectIndex } from "./project-index.ts";

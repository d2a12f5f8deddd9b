import type { Word } from "../syntax/index.ts";
import type { ProjectIndex } from "./project-index.ts";
import type { Named, NamedKind } from "./named.ts";
import { clausesOf } from "./text-context.ts";

/** The names of a vector as far as they are written, whether or not it can be parsed. */
export interface WrittenVector {
  readonly roles: readonly (Named & { readonly entity: string })[];
  readonly inputs: readonly Named[];
  readonly definitions: readonly Named[];
  readonly labels: readonly Named[];
}

/** The names that the words of a vector's declaration give a meaning to. */
export function writtenVector(declaration: readonly Word[], { declared }: ProjectIndex): WrittenVector {
  const own = declared.vectors.get(declaration[1]?.name ?? "");
  const found = {
    roles: [] as (Named & { entity: string })[],
    inputs: [] as Named[],
    definitions: [] as Named[],
    labels: [] as Named[],
  };
  const named = (kind: NamedKind, name: string): Named =>
    own?.roles.get(name) ??
    own?.inputs.get(name) ??
    own?.definitions.get(name) ??
    own?.labels.get(name) ?? { kind, name };
  for (const clause of clausesOf(declaration)) {
    const [first, second] = clause;
    const name = second?.name;
    if (first?.name === undefined) continue;
    if (second?.image === "=") found.definitions.push(named("slot", first.name));
    else if (name === undefined) continue;
    else if (first.image === "let") found.definitions.push(named("step", name));
    else if (first.image === "label") found.labels.push(named("label", name));
    else if (first.image === "key") {
      for (const [role, entity] of listOf(clause)) {
        const columns = [...(declared.entities.get(entity)?.key.keys() ?? [])];
        const names = columns.length > 1 ? columns.map((column) => `${role}_${column}`) : [role];
        for (const one of names) found.roles.push({ ...named("role", one), entity });
      }
    } else if (first.image === "input") for (const [input] of listOf(clause)) found.inputs.push(named("input", input));
  }
  return found;
}

/** The columns of a source: those that are known, and those that its words declare. */
export function writtenColumns(declaration: readonly Word[], { declared }: ProjectIndex): readonly Named[] {
  const own = declared.sources.get(declaration[1]?.name ?? "")?.columns ?? new Map<string, Named>();
  const written = clausesOf(declaration)
    .filter(([first]) => first?.image === "columns")
    .flatMap((clause) =>
      clause.flatMap(({ name }, i) => (clause[i + 1]?.image === ":" && name !== undefined ? [name] : [])),
    );
  return [
    ...own.values(),
    ...written.filter((name) => !own.has(name)).map((name) => ({ kind: "column" as const, name })),
  ];
}

/** The features that the words of a group's declaration define. */
export function writtenFeatures(declaration: readonly Word[], { declared }: ProjectIndex): readonly Named[] {
  const own = declared.groups.get(`${declaration[1]?.name ?? ""}:${declaration[3]?.name ?? ""}`);
  return clausesOf(declaration).flatMap(([first, second, third]) => {
    if (first?.name === undefined || (second?.image !== "=" && second?.image !== "@")) return [];
    const name = second.image === "@" ? `${first.name}@${third?.image ?? ""}` : first.name;
    const feature = own?.features.get(name);
    return [feature === undefined ? { kind: "feature" as const, name } : { ...feature, name }];
  });
}

/** The names of `key a: b, c` and `input a: int, b: float`, each with what stands behind its colon, else itself. */
function listOf(clause: readonly Word[]): readonly (readonly [string, string])[] {
  return clause.flatMap(({ name }, i) => {
    const before = clause[i - 1]?.image;
    if (name === undefined || i === 0 || (i > 1 && before !== ",")) return [];
    return [[name, clause[i + 1]?.image === ":" ? (clause[i + 2]?.name ?? name) : name] as const];
  });
}

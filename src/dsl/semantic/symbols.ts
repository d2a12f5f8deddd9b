import type { TypeName } from "../../core/index.ts";
import type { EntityPlan, FeaturePlan, GroupPlan, SourcePlan } from "../plan/index.ts";
import type {
  BrokenDeclaration,
  EntityDeclaration,
  GroupDeclaration,
  Identifier,
  SourceDeclaration,
} from "../syntax/index.ts";
import type { Report } from "./report.ts";

/** The columns of a source's files, by name. */
export type Schema = Readonly<Record<string, TypeName>>;

/** What the declarations of all files define, as far as they have been checked. */
export interface Symbols {
  readonly entityDeclarations: ReadonlyMap<string, EntityDeclaration>;
  readonly sourceDeclarations: ReadonlyMap<string, SourceDeclaration>;
  readonly groupDeclarations: ReadonlyMap<string, GroupDeclaration>;
  /** Declarations that could not be read. */
  readonly broken: readonly BrokenDeclaration[];
  readonly entities: Map<string, EntityPlan>;
  readonly sources: Map<string, CheckedSource>;
  /** By `entity:group`. */
  readonly groups: Map<string, GroupPlan>;
}

/** A source with all the columns its files have, of which its plan will keep those that are read. */
export interface CheckedSource {
  readonly plan: SourcePlan;
  readonly schema: Schema;
}

/** Whether a name that nothing declares may be that of a declaration with an error: then it is no second error. */
export function isBroken(symbols: Symbols, kind: "entity" | "source" | "group", name: string): boolean {
  return symbols.broken.some(
    (other) =>
      (other.kind === kind && other.name === name) ||
      (other.kind === "unknown" && (other.name === undefined || other.name === name)),
  );
}

/** What no name holds: signs that canonical names or texts are made with, and what is not seen or draws on a terminal. */
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069:@[\]"\\]/u;

/** The names that a name in the language may have: `__` joins the parts of raw columns, `:` and `@` those of canonical names. */
export function checkName(kind: string, name: Identifier, report: Report): boolean {
  const { version, span } = name;
  // A version is no part of the name proper: it stands behind an @ that no name has.
  const text = version === undefined ? name.text : name.text.slice(0, -`@${String(version)}`.length);
  if (text.includes("__")) {
    report.error(
      "bad-name",
      `the name of ${kind} holds no "__"`,
      span,
      "raw columns of training sets are joined by it",
    );
    return false;
  }
  if (unfit.test(text) || !text.isWellFormed() || text.length > 128) {
    report.error(
      "bad-name",
      `"${text}" cannot be the name of ${kind}`,
      span,
      'at most 128 characters, none of : @ [ ] " \\ and none that ends a line, turns the direction of writing or is not seen',
    );
    return false;
  }
  return true;
}

/** The feature of a group, if it has it. */
export function featureOf(group: GroupPlan, name: string): FeaturePlan | undefined {
  return group.features.find((feature) => feature.name === name);
}

import type { KeyColumnPlan, RolePlan } from "../plan/index.ts";
import {
  type Definition,
  didYouMean,
  type Identifier,
  type LabelClause,
  type VectorDeclaration,
} from "../syntax/index.ts";
import type { Report } from "./report.ts";
import { checkName, isBroken, type Symbols } from "./symbols.ts";
import { checkType } from "./types.ts";

/** What a vector's names stand for. */
export interface VectorNames {
  readonly roles: readonly RolePlan[];
  /** `role`, or `role_column` where an entity's key has several. */
  readonly keyColumns: ReadonlyMap<string, KeyColumnPlan>;
  readonly inputs: ReadonlyMap<string, KeyColumnPlan>;
  /** Slots and steps. */
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly labels: ReadonlyMap<string, LabelClause>;
  /** Whether all of them could be declared. */
  readonly whole: boolean;
}

/** Columns that a training set has besides keys, slots and labels. */
const reserved: ReadonlySet<string> = new Set(["at", "row"]);

/** Whether a column of that name may stand in a training set; a report where it may not. */
export function checkColumnName(kind: string, name: Identifier, report: Report): boolean {
  if (!checkName(kind, name, report)) return false;
  if (!reserved.has(name.text.toLowerCase())) return true;
  report.error("bad-name", `"${name.text}" is a column of every training set`, name.span, "name it otherwise");
  return false;
}

/** Declares the roles, inputs, slots, steps and labels of a vector. */
export function declareNames(declaration: VectorDeclaration, symbols: Symbols, report: Report): VectorNames {
  const roles = declareRoles(declaration, symbols, report);
  const inputs = declareInputs(declaration, roles.keyColumns, report);
  const { definitions, labels } = declareValues(declaration, roles.keyColumns, report);
  const whole =
    roles.roles.length === declaration.roles.length &&
    inputs.size === declaration.inputs.length &&
    definitions.size === declaration.slots.length + declaration.steps.length &&
    labels.size === declaration.labels.length;
  return { ...roles, inputs, definitions, labels, whole };
}

/** Files and engines tell names apart by more than upper and lower case only where they are asked to: nobody has to. */
class Taken {
  readonly #names: Map<string, string> = new Map<string, string>();
  readonly #report: Report;

  constructor(report: Report, names: Iterable<string> = []) {
    this.#report = report;
    for (const name of names) this.#names.set(name.toLowerCase(), name);
  }

  /** Takes a name, or reports who has it. */
  take({ text, span }: Identifier): boolean {
    const folded = text.toLowerCase();
    const other = this.#names.get(folded);
    if (other === undefined) {
      this.#names.set(folded, text);
      return true;
    }
    const message =
      other === text ? `"${text}" stands twice` : `"${text}" and "${other}" differ in upper and lower case only`;
    this.#report.error("duplicate", message, span, "every key column, slot and label has a name of its own");
    return false;
  }
}

function declareRoles(
  declaration: VectorDeclaration,
  symbols: Symbols,
  report: Report,
): { readonly roles: readonly RolePlan[]; readonly keyColumns: ReadonlyMap<string, KeyColumnPlan> } {
  const roles: RolePlan[] = [];
  const keyColumns = new Map<string, KeyColumnPlan>();
  const taken = new Taken(report);
  const takenRoles = new Taken(report);
  for (const { role, entity } of declaration.roles) {
    if (!checkName("a role", role, report)) continue;
    const plan = symbols.entities.get(entity.text);
    if (!symbols.entityDeclarations.has(entity.text) && !isBroken(symbols, "entity", entity.text)) {
      report.error("unknown-entity", `there is no entity "${entity.text}"`, entity.span, () =>
        didYouMean(entity.text, symbols.entityDeclarations.keys()),
      );
    }
    if (plan === undefined || !takenRoles.take(role)) continue;
    const columns = plan.key.map(({ name, type }) => ({
      name: plan.key.length === 1 ? role.text : `${role.text}_${name}`,
      type,
    }));
    if (!columns.every(({ name }) => checkColumnName("a role", { text: name, span: role.span }, report))) continue;
    if (!columns.every(({ name }) => taken.take({ text: name, span: role.span }))) continue;
    roles.push({ role: role.text, entity: plan.name });
    for (const column of columns) keyColumns.set(column.name, column);
  }
  return { roles, keyColumns };
}

function declareInputs(
  declaration: VectorDeclaration,
  keyColumns: ReadonlyMap<string, KeyColumnPlan>,
  report: Report,
): ReadonlyMap<string, KeyColumnPlan> {
  const inputs = new Map<string, KeyColumnPlan>();
  const taken = new Taken(report, keyColumns.keys());
  for (const { name, type } of declaration.inputs) {
    const checked = checkType(type, report);
    if (checked === undefined || !checkColumnName("an input", name, report) || !taken.take(name)) continue;
    inputs.set(name.text, { name: name.text, type: checked });
  }
  return inputs;
}

function declareValues(
  declaration: VectorDeclaration,
  keyColumns: ReadonlyMap<string, KeyColumnPlan>,
  report: Report,
): Pick<VectorNames, "definitions" | "labels"> {
  const definitions = new Map<string, Definition>();
  const labels = new Map<string, LabelClause>();
  const taken = new Taken(report, keyColumns.keys());
  for (const definition of [...declaration.steps, ...declaration.slots]) {
    if (checkColumnName("a slot", definition.name, report) && taken.take(definition.name))
      definitions.set(definition.name.text, definition);
  }
  for (const label of declaration.labels) {
    if (checkColumnName("a label", label.name, report) && taken.take(label.name)) labels.set(label.name.text, label);
  }
  return { definitions, labels };
}

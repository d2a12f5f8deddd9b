import { formatMicros } from "../../../core/index.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { countWaiting } from "../sources/waiting-rows.ts";
import type { JoinUnit } from "./join-unit.ts";
import type { JoinWarning } from "./join-warnings.ts";

/**
 * What is seldom meant where rows are known when they were first applied online: left rows that ask after the last load, files that no load has read,
 * files that were rewritten or went since, rows that loads passed over. `left` is a table of the left rows.
 */
export async function appliedWarnings(
  engine: Engine,
  { group }: JoinUnit,
  { log, notApplied, rewritten, gone }: AppliedRows,
  relation: Pick<SourceRelation, "waiting">,
  left: string,
  signal?: AbortSignal,
): Promise<readonly JoinWarning[]> {
  const name = `${group.entity}:${group.name}`;
  const last = log.loads.at(-1)?.appliedAt ?? 0;
  const [row] = await engine.rows(
    `select count(*)::double as rows, count(*) filter (where q > ${String(last)})::double as late from ${left}`,
    `looking at what of ${name} was applied`,
    signal,
  );
  const [rows, late] = [Number(row?.["rows"]), Number(row?.["late"])];
  const warnings: JoinWarning[] = [];
  if (late > 0) {
    warnings.push({
      code: "asked-after-load",
      message: `${name}: ${String(late)} of ${String(rows)} rows ask after the last load into the online store, as of ${formatMicros(last)}: they see what was served then, and nothing newer; with \`knowledge: "declared"\` they see all that says that it was known`,
      rows: late,
    });
  }
  if (notApplied.length > 0) {
    warnings.push({
      code: "files-not-applied",
      message: `${name}: ${counted(notApplied)} read by no load into the online store: no row sees what is in there`,
      rows,
    });
  }
  if (rewritten.length > 0) {
    warnings.push({
      code: "files-rewritten",
      message: `${name}: ${counted(rewritten)} rewritten after a load had read it: what was served before that may be other than what is joined here`,
      rows,
    });
  }
  if (gone.length > 0) {
    warnings.push({
      code: "files-gone",
      message: `${name}: ${counted(gone)} read by a load before, and not there any more: what was served of it is joined no more`,
      rows,
    });
  }
  const waiting = await countWaiting(engine, relation, name, signal);
  if (waiting > 0) {
    warnings.push({
      code: "rows-waiting",
      message: `${name}: ${waiting === 1 ? "1 row" : `${String(waiting)} rows`} of its source happened before what loads with \`since\` took in: what happened there is seen once a load takes it in, and not before`,
      rows,
    });
  }
  return warnings;
}

function counted(files: readonly string[]): string {
  const [first = ""] = files;
  return files.length === 1 ? `the file "${first}" was` : `${String(files.length)} files, "${first}" among them, were`;
}

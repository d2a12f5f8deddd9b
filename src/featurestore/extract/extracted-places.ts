import { isAbsolute, join, relative, resolve } from "node:path";
import type { SourcePlan, TableTransportPlan, TransportPlan } from "../../dsl/index.ts";
import type { ListedFiles } from "../offline/files/source-files.ts";
import { readExtracted, tableFolder } from "./extracted-table.ts";

/** A plan with sources, and with vectors that have their own where it has any. */
interface Sources {
  readonly sources: readonly SourcePlan[];
  readonly vectors?: readonly { readonly sources: readonly SourcePlan[] }[];
}

/**
 * A plan whose tables are the files that they were extracted into, as listed now: what is extracted later changes nothing of it. Tables of which
 * nothing was extracted stay what they are, and whoever reads them says so. No fingerprint changes.
 *
 * @throws TondoError `MANIFEST_INVALID`, `IO_FAILED`
 */
export async function withExtracted<P extends Sources>(
  plan: P,
  { home, folder }: { readonly home: string; readonly folder: string },
): Promise<P> {
  // Vectors that are placed at once share what one of them looks up.
  const found = new Map<string, Promise<ListedFiles | undefined>>();
  const placed = async (source: SourcePlan): Promise<SourcePlan> => {
    if (source.transports.every(({ format }) => format !== "postgres")) return source;
    const transports: TransportPlan[] = [];
    for (const transport of source.transports) {
      if (transport.format !== "postgres") {
        transports.push(transport);
        continue;
      }
      const key = tableFolder(source.name, transport.table);
      const looking = found.get(key) ?? filesOf(join(home, key), folder);
      found.set(key, looking);
      const files = await looking;
      transports.push(files === undefined ? transport : { ...knowledge(transport), ...files });
    }
    return { ...source, transports };
  };
  const sources = await Promise.all(plan.sources.map(placed));
  if (plan.vectors === undefined) return { ...plan, sources };
  const vectors = await Promise.all(
    plan.vectors.map(async (vector) => ({ ...vector, sources: await Promise.all(vector.sources.map(placed)) })),
  );
  return { ...plan, sources, vectors };
}

async function filesOf(kept: string, folder: string): Promise<ListedFiles | undefined> {
  const record = await readExtracted(kept);
  if (record === undefined) return undefined;
  const inside = relative(folder, resolve(folder, kept));
  const path = inside.startsWith("..") || isAbsolute(inside) ? kept : inside;
  return { format: "parquet", path, files: record.parts.map(({ file }) => file) };
}

function knowledge({ known, lag }: TableTransportPlan): Pick<TableTransportPlan, "known" | "lag"> {
  return { ...(known === undefined ? {} : { known }), ...(lag === undefined ? {} : { lag }) };
}

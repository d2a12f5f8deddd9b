import { isAbsolute, relative, resolve } from "node:path";
import type { Micros, TypeName } from "../../core/index.ts";
import { filesAtRest, type SourcePlan } from "../../dsl/index.ts";
import type { ListedFiles } from "../offline/files/source-files.ts";
import type { OnlineStore } from "../online/index.ts";
import { type PartName, pushedFolder, pushedParts, wholeParts } from "./pushed-parts.ts";

/** The column of files of pushed rows that says from when on each counts. */
export const pushedColumn = "tondo_pushed_at";

/** The columns of files of rows that came by a topic, which say where each was read. */
export const originColumns = {
  topic: "tondo_topic",
  partition: "tondo_partition",
  offset: "tondo_offset",
  arrivedAt: "tondo_arrived_at",
} as const;

/** The columns of files of pushed rows, in order: the source's own, where rows that came by a topic were read, and from when on each counts. */
export function partColumns({
  columns,
  transports,
}: Pick<SourcePlan, "columns" | "transports">): readonly { readonly name: string; readonly type: TypeName }[] {
  const { topic, partition, offset, arrivedAt } = originColumns;
  return [
    ...Object.entries(columns).map(([name, type]) => ({ name, type })),
    ...(transports.some(({ format }) => format === "kafka")
      ? [
          { name: topic, type: "string" as const },
          { name: partition, type: "string" as const },
          { name: offset, type: "int" as const },
          { name: arrivedAt, type: "timestamp" as const },
        ]
      : []),
    { name: pushedColumn, type: "timestamp" },
  ];
}

/** A plan with sources, and with vectors that have their own where it has any. */
interface Sources {
  readonly sources: readonly SourcePlan[];
  readonly vectors?: readonly { readonly sources: readonly SourcePlan[] }[];
}

/** Whether rows of a source that count from later than a moment are in files, or in the store's log. */
export async function wasPushedBehind(
  moment: Micros,
  source: string,
  { store, home }: { readonly store: OnlineStore; readonly home: string },
): Promise<boolean> {
  if (((await store.pushed?.logged(source, moment, 1)) ?? []).length > 0) return true;
  // What left the log meanwhile is in a file.
  const last = (await pushedParts(home, source)).at(-1)?.last;
  return last !== undefined && last > moment;
}

/**
 * A plan whose sources have the pushed rows that lie in files beside their own, as listed now: also where the plan has such a listing already. What is not
 * known of them otherwise is known as in the first place of the source. No fingerprint changes.
 *
 * @throws TondoError `IO_FAILED`
 */
export async function withPushed<P extends Sources>(
  plan: P,
  { home, folder }: { readonly home: string; readonly folder: string },
): Promise<P> {
  const found = new Map<string, ReturnType<typeof wholeParts>>();
  const placed = async (given: SourcePlan): Promise<SourcePlan> => {
    // What was listed earlier may lack what was pushed since.
    const source = withoutPushed(given);
    // What comes by a topic is known as its place says; else as in the first place of files.
    const first = source.transports.find(({ format }) => format === "kafka") ?? filesAtRest(source)[0];
    if (first === undefined || source.kind === "table") return source;
    const looking = found.get(source.name) ?? wholeParts(home, source.name);
    found.set(source.name, looking);
    const parts = await looking;
    if (parts.length === 0) return source;
    const kept = pushedFolder(home, source.name);
    const inside = relative(folder, resolve(folder, kept));
    const { known, lag } = first;
    const place = (of: PartName): readonly ListedFiles[] => {
      const files = parts.flatMap(({ file, name }) => (name === of ? [file] : []));
      if (files.length === 0) return [];
      return [
        {
          format: "parquet",
          path: inside.startsWith("..") || isAbsolute(inside) ? kept : inside,
          files,
          pushed: pushedColumn,
          ...(of === "late" ? { late: true } : {}),
          ...(known === undefined ? {} : { known }),
          ...(lag === undefined ? {} : { lag }),
        },
      ];
    };
    return { ...source, transports: [...source.transports, ...place("part"), ...place("late")] };
  };
  const sources = await Promise.all(plan.sources.map(placed));
  if (plan.vectors === undefined) return { ...plan, sources };
  const vectors = await Promise.all(
    plan.vectors.map(async (vector) => ({ ...vector, sources: await Promise.all(vector.sources.map(placed)) })),
  );
  return { ...plan, sources, vectors };
}

function withoutPushed(source: SourcePlan): SourcePlan {
  const transports = source.transports.filter((place) => place.format !== "parquet" || place.pushed === undefined);
  return transports.length === source.transports.length ? source : { ...source, transports };
}

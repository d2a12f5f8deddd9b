import type { FileTransportPlan, SourcePlan } from "../../dsl/index.ts";
import { type AppliedLog, filesRead } from "../applied/index.ts";
import { type ListedFiles, listedFile } from "../offline/files/source-files.ts";
import type { GroupPointer } from "../online/index.ts";
import { lastPushed } from "../pushed/index.ts";
import { loadInputs, type LoadInputs } from "./load-inputs.ts";

/**
 * The digest of inputs that a load had which found, as of the moment of what is current, those files that it can have read, and all else as it is now. Where it is the one that is
 * kept, nothing but files was added since: none was changed, moved or removed, no definition is another one, and the same keys are erased.
 */
export function formerInputs(now: LoadInputs, current: GroupPointer, log: AppliedLog, folder: string): string {
  const isRead = filesRead(log);
  const until = current.pushedUntil ?? -Infinity;
  const files = now.files.filter(({ path, digest, isPushed }) =>
    isPushed === true ? lastPushed(path) <= until : isRead(digest),
  );
  const source = withFiles(now.source, new Set(files.map(({ path }) => path)), folder);
  return loadInputs({ ...now, source, files, asOf: current.asOf, since: log.loads.at(-1)?.since });
}

/** A source of which places that list their files have some of them alone; one of pushed rows is none without any. */
function withFiles(source: SourcePlan, files: ReadonlySet<string>, folder: string): SourcePlan {
  const transports = source.transports.flatMap((place) => {
    if (!isListed(place)) return [place];
    const listed = place.files.filter((name) => files.has(listedFile(place.path, name, folder)));
    return listed.length === 0 && place.pushed !== undefined ? [] : [{ ...place, files: listed }];
  });
  return { ...source, transports };
}

function isListed(place: SourcePlan["transports"][number]): place is ListedFiles & FileTransportPlan {
  return "files" in place;
}

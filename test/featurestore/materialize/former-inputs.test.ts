import { describe, expect, it } from "vitest";
import type { SourcePlan } from "../../../src/dsl/index.ts";
import type { AppliedLog } from "../../../src/featurestore/applied/index.ts";
import { formerInputs } from "../../../src/featurestore/materialize/former-inputs.ts";
import { loadInputs, type LoadInputs } from "../../../src/featurestore/materialize/load-inputs.ts";
import type { ListedFiles } from "../../../src/featurestore/offline/files/source-files.ts";
import type { SourceFile } from "../../../src/featurestore/offline/sources/source-digests.ts";
import { pointerTo } from "../../conformance/pointer.ts";
import { sampleProject } from "../online/sample-project.ts";

const folder = "/project";

function file(path: string, sha256 = path, isPushed?: true): SourceFile {
  return {
    path: `${folder}/${path}`,
    digest: { path, bytes: 1, sha256 },
    ...(isPushed === undefined ? {} : { isPushed }),
  };
}

/** Of a source whose places list their files: what was extracted, and what was pushed. */
function inputs(extracted: readonly SourceFile[], pushed: readonly SourceFile[], asOf: number): LoadInputs {
  const [events] = sampleProject.sources;
  if (events === undefined) throw new Error("no source");
  const listed = (path: string, files: readonly SourceFile[], rest: Partial<ListedFiles> = {}): ListedFiles => ({
    ...{ format: "parquet" as const, path, ...rest },
    files: files.map((one) => one.digest.path.slice(path.length + 1)),
  });
  const transports = [
    listed("kept", extracted),
    ...(pushed.length === 0 ? [] : [listed("home", pushed, { pushed: "tondo_pushed_at" })]),
  ];
  const source: SourcePlan = { ...events, transports };
  const layout = pointerTo(1).layout;
  return { source, layout, overlay: "o", files: [...extracted, ...pushed], asOf, erased: undefined };
}

const log = (...files: readonly SourceFile[]): AppliedLog => ({
  version: 1,
  source: "",
  loads: [{ asOf: 5, appliedAt: 5, files: files.map(({ digest }) => digest) }],
});

const [one, two] = [file("kept/1.parquet"), file("kept/2.parquet")];
const [early, late] = [file("home/part-4.parquet", "early", true), file("home/part-9.parquet", "late", true)];

describe("the inputs that a load had", () => {
  const current = { ...pointerTo(1), asOf: 5, pushedUntil: 4 };

  it("are found again where places that list their files have more", () => {
    const then = loadInputs(inputs([one], [early], 5));
    expect(formerInputs(inputs([one, two], [early, late], 8), current, log(one), folder)).toBe(then);
    expect(formerInputs(inputs([one], [early], 8), current, log(one), folder)).toBe(then);
  });

  it("are found again where nothing was pushed by then", () => {
    const { pushedUntil: _, ...none } = current;
    expect(formerInputs(inputs([one, two], [early], 8), none, log(one), folder)).toBe(loadInputs(inputs([one], [], 5)));
  });

  it("are found again where that load took in a part of the rows alone, and this one takes another", () => {
    const then = loadInputs({ ...inputs([one], [early], 5), since: 3 });
    expect(then).not.toBe(loadInputs(inputs([one], [early], 5)));
    const [load] = log(one).loads;
    if (load === undefined) throw new Error("no load");
    const partial = { ...log(), loads: [load, { ...load, files: [], since: 3 }] };
    expect(formerInputs({ ...inputs([one, two], [early], 8), since: 6 }, current, partial, folder)).toBe(then);
  });

  it("are others where a file has other bytes, another name, or is gone", () => {
    const then = loadInputs(inputs([one], [early], 5));
    const found = (extracted: readonly SourceFile[], pushed: readonly SourceFile[]): string =>
      formerInputs(inputs(extracted, pushed, 8), current, log(one), folder);
    expect(found([file("kept/1.parquet", "other bytes")], [early])).not.toBe(then);
    expect(found([file("kept/3.parquet", one.digest.sha256)], [early])).not.toBe(then);
    expect(found([two], [early])).not.toBe(then);
    expect(found([one], [late])).not.toBe(then);
    expect(found([one], [file("home/part-4.parquet", "erased from", true)])).not.toBe(then);
  });
});

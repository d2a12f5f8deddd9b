import { TondoError } from "../core/index.ts";
import { type Fitted, fittedFault } from "../dsl/index.ts";
import { isVersionId, packageFiles, type Registry } from "../registry/index.ts";

/**
 * What was fitted for a version of a model that is fed by the vector of a fingerprint; `undefined` where there is no such version, or it is fed
 * by another.
 *
 * @throws TondoError `PACKAGE_CORRUPT`, `PACKAGE_MISSING`
 */
export async function fitOfVersion(registry: Registry, id: string, fingerprint: string): Promise<Fitted | undefined> {
  if (!isVersionId(id)) return undefined;
  const version = await registry.getVersion(id).catch((error: unknown) => {
    if (error instanceof TondoError && error.code === "VERSION_NOT_FOUND") return undefined;
    throw error;
  });
  if (version?.vector?.fingerprint !== fingerprint) return undefined;
  const { files } = await registry.loadPackage(version.packageDigest);
  const bytes = files.get(packageFiles.fitted);
  const plan = files.get(packageFiles.vector);
  if (bytes === undefined || plan === undefined) throw corrupt(id);
  try {
    const fitted: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const { slots } = JSON.parse(new TextDecoder().decode(plan)) as {
      readonly slots: readonly { readonly value: Parameters<typeof fittedFault>[0][number] }[];
    };
    if (
      fittedFault(
        slots.map(({ value }) => value),
        fitted,
      ) === undefined
    )
      return fitted as Fitted;
  } catch (error) {
    throw corrupt(id, error);
  }
  throw corrupt(id);
}

function corrupt(id: string, cause?: unknown): TondoError {
  return new TondoError("PACKAGE_CORRUPT", `the package of version ${id} does not say what was fitted`, {
    hint: "Restore the artifacts from a backup, or register the model again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

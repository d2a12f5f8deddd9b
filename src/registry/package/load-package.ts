import { TondoError } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";
import { type ModelPackage, readPackage } from "./read-package.ts";

/**
 * Reads a package from the artifact store and checks it.
 * @throws TondoError `PACKAGE_MISSING`, `PACKAGE_CORRUPT`, `LIMIT_EXCEEDED`, `IO_FAILED`
 */
export async function loadPackage(context: RegistryContext, digest: string): Promise<ModelPackage> {
  const found = readPackage(await context.artifacts.get(digest), context.limits);
  if (found.digest === digest) return found;
  throw new TondoError("PACKAGE_CORRUPT", `the artifact store gave ${found.digest} for ${digest}`, {
    hint: "Restore the package from a backup.",
    details: { digest, actual: found.digest },
  });
}

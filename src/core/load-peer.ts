import { TondoError } from "./tondo-error.ts";

/**
 * Loads the package of an optional peer when it is first needed.
 *
 * @param load imports it, where it may be imported
 * @param needs what needs it: `PostgreSQL needs`
 * @param spec the package with the release to install: `pg@8`
 * @throws TondoError `DRIVER_MISSING` where it is not installed
 */
export async function loadPeer<M>(load: () => Promise<M>, needs: string, spec: string): Promise<M> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    const name = spec.slice(0, spec.lastIndexOf("@"));
    throw new TondoError("DRIVER_MISSING", `${needs} the package ${name}, which is not installed`, {
      hint: `Run: npm install ${spec}`,
      details: { package: name },
      cause: error,
    });
  }
}

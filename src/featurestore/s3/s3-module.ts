import type * as S3 from "@aws-sdk/client-s3";
import { TondoError } from "../../core/index.ts";

/**
 * Loads `@aws-sdk/client-s3` when an object is first asked for: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function loadS3(load: () => Promise<typeof S3> = () => import("@aws-sdk/client-s3")): Promise<typeof S3> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new TondoError("DRIVER_MISSING", "paths of S3 need the package @aws-sdk/client-s3, which is not installed", {
      hint: "Run: npm install @aws-sdk/client-s3@3",
      details: { package: "@aws-sdk/client-s3" },
      cause: error,
    });
  }
}

import type * as S3 from "@aws-sdk/client-s3";
import { loadPeer } from "../../core/index.ts";

/**
 * Loads `@aws-sdk/client-s3` when an object is first asked for: it is an optional peer.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export function loadS3(load: () => Promise<typeof S3> = () => import("@aws-sdk/client-s3")): Promise<typeof S3> {
  return loadPeer(load, "paths of S3 need", "@aws-sdk/client-s3@3");
}

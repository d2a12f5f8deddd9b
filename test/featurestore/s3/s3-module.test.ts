import { expect, it } from "vitest";
import { loadS3 } from "../../../src/featurestore/s3/s3-module.ts";

it("says what to install where the client of S3 is missing", async () => {
  const error = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(loadS3(() => Promise.reject(error))).rejects.toMatchObject({
    code: "DRIVER_MISSING",
    hint: "Run: npm install @aws-sdk/client-s3@3",
  });
  await expect(loadS3(() => Promise.reject(new RangeError("other")))).rejects.toThrow(RangeError);
});

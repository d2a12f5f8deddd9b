export { s3Files } from "./s3-files.ts";
export { defaultS3Limits, type S3Credentials, type S3Limits, type S3Options } from "./s3-options.ts";

export {
  type AppliedFile,
  type AppliedLoad,
  type AppliedLog,
  decodeLog,
  encodeLog,
  filesRead,
  type FirstLoad,
  goesOn,
  isLogOf,
  logUntil,
  type NewLoad,
  withLoad,
  withoutClock,
  withWritten,
} from "./applied-log.ts";
export { type AppliedRows, appliedRows } from "./applied-rows.ts";

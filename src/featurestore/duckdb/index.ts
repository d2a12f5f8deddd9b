export { carrierOf, fromCarrier, toCarrier, toFile } from "./carrier.ts";
export {
  type Cell,
  Engine,
  type EngineOptions,
  type Program,
  type ProgramHost,
  sqlText,
  type TableColumn,
} from "./engine.ts";
export type { Chunk } from "./streamed-result.ts";
export { chunkRows, type TableAppender } from "./table-appender.ts";
export type { Carrier } from "./vector-access.ts";
export type { VectorItems } from "./vector-items.ts";

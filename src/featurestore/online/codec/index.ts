export { encodeKey, maxKeyBytes, tryEncodeKey } from "./key-codec.ts";
export { codecVersion, RecordBuffer } from "./record.ts";
export { columnOfVersion, encodeRows, findVersion, type RowVersion } from "./row-codec.ts";
export {
  encodeWindows,
  type FoundBundle,
  type FoundTiles,
  readTileValue,
  type Tiles,
  type TileShape,
  unreadableState,
  windowLoader,
} from "./window-codec.ts";
export type { Words } from "./record.ts";

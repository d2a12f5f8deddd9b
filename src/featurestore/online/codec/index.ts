export { encodeKey, maxKeyBytes, tryEncodeKey } from "./key-codec.ts";
export { codecVersion, RecordBuffer } from "./record.ts";
export { columnOfVersion, encodeRows, findVersion, type RowVersion } from "./row-codec.ts";
export {
  encodeWindows,
  type FoundTiles,
  loadWindows,
  readTileValue,
  type Tiles,
  type TileShape,
  unreadableState,
} from "./window-codec.ts";
export type { Words } from "./record.ts";

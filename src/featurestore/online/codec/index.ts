export { decodePushed, encodePushed, type PushedRow } from "./pushed-codec.ts";
export { encodeKey, maxKeyBytes, tryEncodeKey } from "./key-codec.ts";
export { codecVersion, RecordBuffer } from "./record.ts";
export { columnOfVersion, encodeRows, findRow, findVersion, type RowVersion } from "./row-codec.ts";
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

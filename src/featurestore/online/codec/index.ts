export type { ColumnItems, ListColumn, NumberColumn, TextColumn } from "./columns.ts";
export { KeyRows } from "./key-rows.ts";
export { decodeFolds, encodeFolds, type Fold } from "./fold-codec.ts";
export {
  appendPushed,
  decodePushed,
  encodePushed,
  foldedUpTo,
  pushedBehind,
  pushedWithin,
  type PushedRow,
} from "./pushed-codec.ts";
export { encodeKey, maxKeyBytes, tryEncodeKey } from "./key-codec.ts";
export { codecVersion, ownWords, RecordBuffer } from "./record.ts";
export { columnOfVersion, doubleOfVersion, findRow, findVersion, isDouble, versionsOf } from "./row-codec.ts";
export { rowMarks, RowsEncoder } from "./rows-encoder.ts";
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
export { type TrimmedWindows, windowTrimmer } from "./window-trim.ts";
export type { Words } from "./record.ts";

/** What is used of `parquetjs-lite`, which has no types of its own. It throws texts. */
declare module "parquetjs-lite" {
  interface Field {
    readonly type?: string;
    readonly optional?: boolean;
    readonly repeated?: boolean;
    /** Those it makes are in an order of JavaScript's, and not of Parquet's readers: they are left out. */
    readonly statistics?: false;
    readonly fields?: Readonly<Record<string, Field>>;
  }

  interface ParquetSchema {
    readonly fields: object;
  }

  interface Sink {
    write(bytes: Buffer, done: (error?: Error) => void): void;
    end(done: (error?: Error) => void): void;
  }

  interface Options {
    readonly rowGroupSize: number;
    readonly pageSize: number;
    readonly pageIndex: boolean;
    readonly useDataPageV2: boolean;
  }

  /** The values of a column before they are written, with the levels at which they stand. */
  interface ColumnData {
    readonly dlevels: number[];
    readonly rlevels: number[];
    readonly values: unknown[];
    readonly distinct_values: Set<unknown>;
    count: number;
  }

  /** Rows before they are written, by the paths of their columns. */
  interface RowBuffer {
    rowCount: number;
    pageRowCount: number;
    readonly columnData: Record<string, ColumnData>;
    readonly pages: Record<string, unknown[]>;
  }

  interface ParquetWriter {
    /** The rows of the group that is not written yet. */
    rowBuffer: RowBuffer;
    /** The rows of the groups that are. */
    readonly envelopeWriter: { readonly rowCount: number };
    setRowGroupSize(rows: number): void;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
  }

  const parquet: {
    readonly ParquetSchema: new (schema: Readonly<Record<string, Field>>) => ParquetSchema;
    readonly ParquetWriter: {
      openStream(schema: ParquetSchema, sink: Sink, options: Options): Promise<ParquetWriter>;
    };
  };
  export default parquet;
  export type { ColumnData, Field, ParquetSchema, ParquetWriter, RowBuffer, Sink };
}

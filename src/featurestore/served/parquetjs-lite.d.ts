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

  interface ParquetWriter {
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
  export type { Field, ParquetSchema, ParquetWriter, Sink };
}

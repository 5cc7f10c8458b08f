/** A profile as pprof's protobuf wants it, for tests and measurements to write. Texts are put into its table here. */
export type Drawn = {
  readonly measures: readonly (readonly [name: string, unit: string])[];
  readonly stacks: readonly {
    /** Ids, innermost first. */
    readonly locations: readonly Id[];
    readonly values: readonly Id[];
    readonly labels?: Readonly<Record<string, string | number>>;
  }[];
  readonly locations: readonly {
    readonly id: Id;
    readonly mapping?: Id;
    readonly address?: Id;
    /** Innermost first. */
    readonly lines: readonly (readonly [functionId: Id, line: number])[];
  }[];
  readonly functions: readonly { readonly id: Id; readonly name: string; readonly file?: string }[];
  readonly mappings?: readonly { readonly id: Id; readonly file: string }[];
  readonly period?: readonly [name: string, unit: string, every: number];
  readonly usualMeasure?: string;
  readonly dropFrames?: string;
  readonly keepFrames?: string;
  readonly timeNanos?: Id;
  /** Every list as one field per number, as old writers have it. */
  readonly unpacked?: boolean;
};
type Id = number | bigint;

export function varint(value: Id): Buffer {
  if (typeof value === 'number' && value >= 0 && value < 0x80) return Buffer.from([value]);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

export function number(field: number, value: Id): Buffer {
  return value === 0 || value === 0n ? Buffer.alloc(0) : Buffer.concat([varint(8 * field), varint(value)]);
}

export function message(field: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(8 * field + 2), varint(body.length), body]);
}

export function encode(drawn: Drawn): Buffer {
  const texts = new Map([['', 0]]);
  const text = (value = ''): number => {
    const known = texts.get(value) ?? texts.size;
    texts.set(value, known);
    return known;
  };
  const list = (field: number, values: readonly Id[]) =>
    drawn.unpacked
      ? values.map((value) => Buffer.concat([varint(8 * field), varint(value)]))
      : [message(field, ...values.map(varint))];
  const label = ([key, value]: [string, string | number]) =>
    message(3, number(1, text(key)), typeof value === 'string' ? number(2, text(value)) : number(3, value));
  const pair = (field: number, [name, unit]: readonly [string, string, ...unknown[]]) =>
    message(field, number(1, text(name)), number(2, text(unit)));

  const parts = [
    ...drawn.measures.map((measure) => pair(1, measure)),
    ...drawn.stacks.map(({ locations, values, labels = {} }) =>
      message(2, ...list(1, locations), ...list(2, values), ...Object.entries(labels).map(label)),
    ),
    ...(drawn.mappings ?? []).map(({ id, file }) => message(3, number(1, id), number(5, text(file)))),
    ...drawn.locations.map(({ id, mapping = 0, address = 0, lines }) => {
      const encoded = lines.map(([called, line]) => message(4, number(1, called), number(2, line)));
      return message(4, number(1, id), number(2, mapping), number(3, address), Buffer.concat(encoded));
    }),
    ...drawn.functions.map(({ id, name, file }) => message(5, number(1, id), number(2, text(name)), number(4, text(file)))),
    number(7, text(drawn.dropFrames)),
    number(8, text(drawn.keepFrames)),
    number(9, drawn.timeNanos ?? 0),
    ...(drawn.period ? [pair(11, drawn.period), number(12, drawn.period[2])] : []),
    number(14, text(drawn.usualMeasure)),
  ];
  return Buffer.concat([...parts, ...[...texts.keys()].map((value) => message(6, Buffer.from(value)))]);
}

import { personError } from '../../errors.js';
import type { Sites } from '../../model/heap.js';
import { FUNCTION, LOCATION, MAPPING, messages, type Outline, spanOf } from './decode-outline.js';
import { Ids } from './ids.js';
import { LIMITS } from './limits.js';
import { Names } from './strings.js';
import { BYTES, damaged, VARINT, Wire } from './wire.js';

/** Who has neither a function's name nor a file to be in. */
const UNKNOWN = '<unknown>';

export type Tables = {
  readonly locations: Ids;
  /** A location is the sites from `from[i]` up to `to[i]`, innermost first: more than one where calls were inlined. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly sites: Sites;
  /** 1: the site has no function, and is called after its file. */
  readonly unnamed: Uint8Array;
  readonly functions: Names;
  readonly files: Names;
};
type Functions = { readonly ids: Ids; readonly names: Int32Array; readonly files: Int32Array };
type Mappings = { readonly ids: Ids; readonly labels: string[] };

/** Decodes what stacks are made of. Throws on an id or text that is not there, or is there twice. */
export function decodeTables(outline: Outline): Tables {
  const [names, files] = [new Names(), new Names()];
  const functions = decodeFunctions(outline, names, files);
  const mappings = decodeMappings(outline);
  return { ...decodeLocations(outline, functions, mappings, names), functions: names, files };
}

function decodeFunctions({ bytes, strings, spans }: Outline, names: Names, files: Names): Functions {
  const span = spanOf({ spans }, FUNCTION);
  const { count } = span;
  const functions = { ids: new Ids('function', count), names: new Int32Array(count), files: new Int32Array(count) };
  const fields = new Float64Array(5);
  let place = 0;
  for (const { start, stop } of messages(bytes, span)) {
    functions.ids.add(numbersOf(new Wire(bytes, start, stop), fields), place, start);
    const [, , name = 0, systemName = 0, file = 0] = fields;
    strings.check(systemName, start);
    const [called, lies] = [strings.text(name, start), strings.text(file, start)];
    functions.names[place] = called === '' ? -1 : names.place(called);
    functions.files[place] = lies === '' ? -1 : files.place(lies);
    place += 1;
  }
  return functions;
}

/** What a location of this mapping is called that has no function: `[libfoo.so.1]`. */
function decodeMappings({ bytes, strings, spans }: Outline): Mappings {
  const span = spanOf({ spans }, MAPPING);
  const mappings: Mappings = { ids: new Ids('mapping', span.count), labels: [] };
  const fields = new Float64Array(7);
  for (const { start, stop } of messages(bytes, span)) {
    mappings.ids.add(numbersOf(new Wire(bytes, start, stop), fields), mappings.labels.length, start);
    const [file = 0, build = 0] = fields.subarray(5);
    strings.check(build, start);
    mappings.labels.push(labelOf(strings.text(file, start)));
  }
  return mappings;
}

function labelOf(path: string): string {
  const bare = path.replace(/\/+$/, '');
  if (path === '') return UNKNOWN;
  return `[${bare === '' ? '/' : bare.slice(bare.lastIndexOf('/') + 1)}]`;
}

/** The numbers of a flat message by field (of a field that comes twice, the last), and its id exactly: field 1. */
function numbersOf(wire: Wire, fields: Float64Array): number | bigint {
  fields.fill(0);
  let id: number | bigint = 0;
  while (wire.next()) {
    if (wire.field >= fields.length) wire.skip();
    else {
      wire.expect(VARINT);
      const number = wire.varint();
      fields[wire.field] = number;
      if (wire.field === 1) id = wire.exactly(number);
    }
  }
  return id;
}

function decodeLocations({ bytes, spans }: Outline, functions: Functions, mappings: Mappings, names: Names) {
  const span = spanOf({ spans }, LOCATION);
  const { count } = span;
  const from = new Uint32Array(count);
  const to = new Uint32Array(count);
  const [siteFunctions, siteFiles, siteLines]: [number[], number[], number[]] = [[], [], []];
  const unnamed: number[] = [];
  const locations = new Ids('location', count);
  const line = new Wire(bytes);
  let place = 0;
  for (const { start, stop } of messages(bytes, span)) {
    from[place] = siteFunctions.length;
    let id: number | bigint = 0;
    let label = UNKNOWN;
    const wire = new Wire(bytes, start, stop);
    while (wire.next()) {
      if (wire.field === 4) {
        wire.expect(BYTES);
        line.reset(wire.at, wire.stop);
        const [called, lineNumber] = decodeLine(line, functions.ids);
        siteFunctions.push(functions.names[called] ?? -1);
        siteFiles.push(functions.files[called] ?? -1);
        siteLines.push(lineNumber);
        wire.skip();
      } else if (wire.field > 5) wire.skip();
      else {
        wire.expect(VARINT);
        const number = wire.varint();
        if (wire.field === 1) id = wire.exactly(number);
        if (wire.field === 2 && number !== 0) label = mappings.labels[mappings.ids.place(wire.exactly(number), start)] ?? UNKNOWN;
      }
    }
    if (siteFunctions.length > LIMITS.sites) throw personError(`is refused: more than ${LIMITS.sites} lines of code.`);
    if (siteFunctions.length === from[place]) {
      siteFunctions.push(-1);
      siteFiles.push(-1);
      siteLines.push(0);
    }
    for (let site = from[place] ?? 0; site < siteFunctions.length; site += 1) {
      unnamed.push(siteFunctions[site] === -1 ? 1 : 0);
      if (siteFunctions[site] === -1) siteFunctions[site] = names.place(label);
    }
    to[place] = siteFunctions.length;
    locations.add(id, place, start);
    place += 1;
  }
  const sites = {
    functions: new Uint32Array(siteFunctions),
    files: new Int32Array(siteFiles),
    lines: new Uint32Array(siteLines),
  };
  return { locations, from, to, sites, unnamed: new Uint8Array(unnamed) };
}

/** The place of its function, and its number (0 where it has none that could be one). */
function decodeLine(wire: Wire, functions: Ids): [called: number, line: number] {
  const start = wire.at;
  let id: number | bigint = 0;
  let line = 0;
  while (wire.next()) {
    if (wire.field > 2) wire.skip();
    else {
      wire.expect(VARINT);
      const number = wire.varint();
      if (wire.field === 1) id = wire.exactly(number);
      else line = number < 2 ** 32 ? number : 0;
    }
  }
  if (id === 0) throw damaged('a line of code has no function', start);
  return [functions.place(id, start), line];
}

/** Files of address ranges that an operator gives. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  type AddressRange,
  type AddressRanges,
  addressRanges,
  parseCountryLine,
  parseNetworkLine,
} from './address-ranges.ts';

/** A file that the settings name cannot be used; a person must change one or the other. */
export class AddressListError extends Error {
  override name = 'AddressListError';
}

/** Undefined without a file. Throws AddressListError. */
export const readCountries = (file: string | undefined): Promise<AddressRanges | undefined> =>
  readRanges(file, parseCountryLine, 'AUDIENCE_COUNTRY_DB', 'ranges such as 8.8.8.0,8.8.8.255,US');

/** Undefined without a file. Throws AddressListError. */
export const readDataCenters = (file: string | undefined): Promise<AddressRanges | undefined> =>
  readRanges(
    file,
    (line) => parseNetworkLine(line, 'datacenter'),
    'AUDIENCE_DATACENTERS',
    'networks such as 198.51.100.0/24',
  );

async function readRanges(
  file: string | undefined,
  parse: (line: string) => AddressRange | undefined,
  setting: string,
  expected: string,
): Promise<AddressRanges | undefined> {
  if (file === undefined) return undefined;
  const ranges: AddressRange[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      const range = parse(line);
      if (range !== undefined) ranges.push(range);
    }
  } catch (error) {
    throw new AddressListError(`${setting} names ${file}, which cannot be read.`, { cause: error });
  }
  if (ranges.length === 0)
    throw new AddressListError(`${setting} names ${file}, which holds no line with ${expected}.`);
  return addressRanges(ranges);
}

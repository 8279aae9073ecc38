/** Tables of address ranges, each with a label: countries, data centres. Built once, asked by binary search. */
import { type Address, parseAddress } from './address.ts';

export type AddressRanges = (address: Address) => string | undefined;

export interface AddressRange {
  first: Address;
  last: Address;
  label: string;
}

/**
 * A line of a country database, `first,last,CC`, with addresses as text (DB-IP's IP to Country Lite, https://db-ip.com/db/format/
 * ip-to-country-lite/csv.html) or as decimal numbers (IP2Location LITE DB1), quoted or not, with any columns after them.
 * Undefined for a line without a country: a header, a remark, a range nobody has (`-`, `ZZ`).
 */
export function parseCountryLine(line: string): AddressRange | undefined {
  const [first, last, country] = line.split(',', 3).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  if (first === undefined || last === undefined || !/^[A-Z]{2}$/.test(country ?? '') || country === 'ZZ')
    return undefined;
  const isV6 = /^\d{11,}$/.test(last) || last.includes(':');
  const range = { first: addressIn(first, isV6), last: addressIn(last, isV6) };
  if (range.first === undefined || range.last === undefined) return undefined;
  return { first: range.first, last: range.last, label: country! };
}

const V4_MAX = 0xffff_ffff;

function addressIn(text: string, isV6: boolean): Address | undefined {
  if (!/^\d{1,39}$/.test(text)) return parseAddress(text);
  const number = BigInt(text);
  if (isV6) return number < 1n << 128n ? { version: 6, high: number >> 64n } : undefined;
  return number <= BigInt(V4_MAX) ? { version: 4, value: Number(number) } : undefined;
}

/** A line of a list of networks: an address or `network/prefix`. Undefined for a remark (`#`) and for what is neither. */
export function parseNetworkLine(line: string, label: string): AddressRange | undefined {
  const [, text = '', prefixText] = /^\s*([^\s/#]+)(?:\/(\d{1,3}))?\s*(?:#.*)?$/.exec(line) ?? [];
  const network = parseAddress(text);
  if (network === undefined) return undefined;
  if (network.version === 4) {
    const prefix = Number(prefixText ?? 32);
    if (prefix > 32) return undefined;
    const size = 2 ** (32 - prefix);
    const value = Math.floor(network.value / size) * size;
    return { first: { version: 4, value }, last: { version: 4, value: value + size - 1 }, label };
  }
  const prefix = Number(prefixText ?? 128);
  if (prefix > 128) return undefined;
  // Listeners are told apart by 64 bits, so a smaller network is all of its /64.
  const bits = BigInt(64 - Math.min(64, prefix));
  const high = (network.high >> bits) << bits;
  return { first: { version: 6, high }, last: { version: 6, high: high + (1n << bits) - 1n }, label };
}

/** Where ranges overlap, the one that begins last counts. Answers for an address in none of them: undefined. */
export function addressRanges(ranges: Iterable<AddressRange>): AddressRanges {
  const v4: { first: number; last: number; label: string }[] = [];
  const v6: { first: bigint; last: bigint; label: string }[] = [];
  for (const { first, last, label } of ranges) {
    if (first.version === 4 && last.version === 4) v4.push({ first: first.value, last: last.value, label });
    if (first.version === 6 && last.version === 6) v6.push({ first: first.high, last: last.high, label });
  }
  const [of4, of6] = [tableOf(v4, Float64Array), tableOf(v6, BigUint64Array)];
  return (address) => (address.version === 4 ? of4(address.value) : of6(address.high));
}

/** Typed arrays, because a country database has some 600,000 ranges. */
function tableOf<N extends number | bigint>(
  ranges: { first: N; last: N; label: string }[],
  Numbers: { from(values: N[]): { readonly length: number; readonly [index: number]: N } },
): (value: N) => string | undefined {
  ranges.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const firsts = Numbers.from(ranges.map(({ first }) => first));
  const lasts = Numbers.from(ranges.map(({ last }) => last));
  const labels = [...new Set(ranges.map(({ label }) => label))];
  const indexes = new Map(labels.map((label, index) => [label, index]));
  const labelOf = Uint16Array.from(ranges, ({ label }) => indexes.get(label)!);
  return (value) => {
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    return index >= 0 && value <= lasts[index]! ? labels[labelOf[index]!] : undefined;
  };
}

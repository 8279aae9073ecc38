import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { networkOf, parseAddress } from '../../../publisher/audience/address.ts';
import {
  addressRanges,
  parseCountryLine,
  parseNetworkLine,
} from '../../../publisher/audience/address-ranges.ts';
import { clientAddress, trustedProxies } from '../../../publisher/audience/client-address.ts';
import { readCountries, readDataCenters } from '../../../publisher/audience/read-address-lists.ts';
import { temporaryFolder } from '../shelf.ts';

describe('an address is one listener’s network', () => {
  test.each([
    ['198.51.100.7', '4:3325256711'],
    ['::ffff:198.51.100.7', '4:3325256711'],
    ['2001:db8:1:2:3:4:5:6', '6:20010db800010002'],
    ['2001:db8:1:2:ffff::1', '6:20010db800010002'],
    ['2001:db8:1:3::1', '6:20010db800010003'],
    ['2001:db8::', '6:20010db800000000'],
    ['::1', '6:0'],
    ['fe80::1%eth0', '6:fe80000000000000'],
    ['64:ff9b::198.51.100.7', '6:64ff9b00000000'],
    ['300.1.1.1', undefined],
    ['198.51.100.7:80', undefined],
    ['', undefined],
    ['unknown', undefined],
  ])('%s', (text, network) => {
    const address = parseAddress(text);
    expect(address && networkOf(address)).toBe(network);
  });
});

describe('X-Forwarded-For is read from the right, as far as proxies are ours', () => {
  const isTrusted = trustedProxies(['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1']);
  test.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['no proxy', '198.51.100.7', undefined, '198.51.100.7'],
    ['no proxy, and a header that was made up', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['one proxy over an IPv6 socket', '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    [
      'one proxy, and entries that were made up before it',
      '10.0.0.1',
      '1.1.1.1, 2.2.2.2, 203.0.113.9',
      '203.0.113.9',
    ],
    [
      'a made-up entry that looks like our proxy',
      '10.0.0.1',
      '1.1.1.1, 10.9.9.9, 203.0.113.9',
      '203.0.113.9',
    ],
    ['two proxies', '10.0.0.1', '203.0.113.9, 192.0.2.1', '203.0.113.9'],
    ['a stranger’s proxy before ours', '10.0.0.1', '9.9.9.9, 203.0.113.9, 192.0.2.1', '203.0.113.9'],
    ['IPv6', '::1', '2001:db8::5', '2001:db8::5'],
    ['with a port', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['IPv6 with a port', '10.0.0.1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['only ours: somebody within', '10.0.0.1', '10.0.0.7', '10.0.0.7'],
    ['a proxy that hides its client', '10.0.0.1', '1.1.1.1, unknown', '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['nonsense', '10.0.0.1', '<script>', '10.0.0.1'],
    ['a thousand entries', '10.0.0.1', `${'1.1.1.1, '.repeat(1000)}10.0.0.2`, '1.1.1.1'],
    ['a neighbour of the trusted network', '11.0.0.1', '203.0.113.9', '11.0.0.1'],
    ['no socket', undefined, '203.0.113.9', undefined],
  ])('%s', (_, peer, forwardedFor, expected) => {
    expect(clientAddress({ peer, forwardedFor }, isTrusted)).toBe(expected);
  });

  test('without trusted proxies the header counts for nothing', () => {
    expect(clientAddress({ peer: '127.0.0.1', forwardedFor: '203.0.113.9' }, trustedProxies([]))).toBe(
      '127.0.0.1',
    );
  });
});

describe('ranges of addresses', () => {
  const find = (lines: string[], text: string) =>
    addressRanges(lines.flatMap((line) => parseCountryLine(line) ?? []))(parseAddress(text)!);
  const dbIp = [
    '1.0.0.0,1.0.0.255,AU',
    '1.0.1.0,1.0.3.255,CN',
    '2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP',
  ];
  const ip2location = [
    '"0","16777215","-","-"',
    '"16777216","16777471","AU","Australia"',
    '"42540528726795050063891204319802818560","42540528806023212578155541913346768895","JP","Japan"',
  ];
  test.each<[string[], string, string | undefined]>([
    [dbIp, '1.0.0.0', 'AU'],
    [dbIp, '1.0.0.255', 'AU'],
    [dbIp, '1.0.1.0', 'CN'],
    [dbIp, '1.0.4.0', undefined],
    [dbIp, '0.255.255.255', undefined],
    [dbIp, '255.255.255.255', undefined],
    [dbIp, '2001:200:1::1', 'JP'],
    [dbIp, '2001:201::1', undefined],
    [ip2location, '1.0.0.7', 'AU'],
    [ip2location, '0.0.0.7', undefined],
    [ip2location, '2001:200:1::1', 'JP'],
    [
      ['ip_start,ip_end,country', '', '# remark', '8.8.8.0,8.8.8.255,ZZ', '8.8.8.0,nonsense,US'],
      '8.8.8.8',
      undefined,
    ],
  ])('%j has %s in %s', (lines, address, country) => {
    expect(find(lines, address)).toBe(country);
  });

  test.each([
    ['198.51.100.0/24', '198.51.100.255', true],
    ['198.51.100.0/24', '198.51.101.0', false],
    ['198.51.100.77/24 # with host bits', '198.51.100.1', true],
    ['198.51.100.7', '198.51.100.7', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1/128', '2001:db8::2', true],
    ['198.51.100.0/33', '198.51.100.1', false],
    ['# remark', '198.51.100.1', false],
  ])('%s holds %s: %s', (line, address, isIn) => {
    const range = parseNetworkLine(line, 'x');
    const found = range && addressRanges([range])(parseAddress(address)!);
    expect(found !== undefined).toBe(isIn);
  });

  test('files are read, and named with their setting when they hold nothing', async () => {
    const file = path.join(await temporaryFolder(), 'list');
    await writeFile(file, `${dbIp.join('\r\n')}\r\n`);
    expect((await readCountries(file))?.(parseAddress('1.0.2.3')!)).toBe('CN');
    expect(await readCountries(undefined)).toBeUndefined();
    await expect(readDataCenters(file)).rejects.toThrow('AUDIENCE_DATACENTERS');
    await expect(readCountries(`${file}-none`)).rejects.toThrow('cannot be read');
  });
});

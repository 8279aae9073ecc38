/** A JPEG or PNG without what cameras and programs write beside the picture (places, names, previews). Pure; nothing is decoded. */

/** ITU-T T.81 and what names its segments: JFIF (E0), colour profiles (E2) and Adobe's colours (EE) change how it looks. */
const KEPT_OF_APPLICATIONS = [0xe0, 0xe2, 0xee];
const COMMENT = 0xfe;
const START_OF_SCAN = 0xda;
const isAside = (marker: number) =>
  marker === COMMENT || (marker >= 0xe0 && marker <= 0xef && !KEPT_OF_APPLICATIONS.includes(marker));

/** As it is where its segments cannot be followed: a decoder judges it. */
function bareJpeg(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker === START_OF_SCAN) break;
    // Any number of FF may stand before a marker.
    const end = marker === 0xff ? at + 1 : at + 2 + bytes.readUInt16BE(at + 2);
    if (!isAside(marker)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  return Buffer.concat(kept);
}

/** PNG specification, section 11: the picture, and what changes how it looks. */
const KEPT_CHUNKS = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS'],
  ...['gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'pHYs'],
]);
const SIGNATURE_BYTES = 8;

/** What follows the end of the picture is left out too. */
function barePng(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + bytes.readUInt32BE(at);
    if (KEPT_CHUNKS.has(type)) kept.push(bytes.subarray(at, end));
    if (type === 'IEND') break;
    at = end;
  }
  return Buffer.concat(kept);
}

export const bareArt = (bytes: Buffer, format: 'jpeg' | 'png'): Buffer =>
  format === 'jpeg' ? bareJpeg(bytes) : barePng(bytes);

/** The oracle for XML: libxml2's xmllint. Looser parsers accept what podcast directories refuse. */
import { validateXML } from 'xmllint-wasm';

/** What xmllint has against a document; empty for a well-formed one. */
export async function faultsOf(xml: string): Promise<string[]> {
  const result = await validateXML({
    xml: [{ fileName: 'feed.xml', contents: xml }],
    normalization: 'format',
    maxMemoryPages: 2048,
  });
  return result.errors.map(({ message }) => message);
}

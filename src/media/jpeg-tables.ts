const hex = (text: string): readonly number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')]

/** ITU-T T.81 tables K.3 to K.6: class and number, how many codes there are of each length, and their values. */
const TABLES = [
  {
    id: 0x00,
    counts: hex('00 01 05 01 01 01 01 01 01 00 00 00 00 00 00 00'),
    values: hex('00 01 02 03 04 05 06 07 08 09 0a 0b'),
  },
  {
    id: 0x10,
    counts: hex('00 02 01 03 03 02 04 03 05 05 04 04 00 00 01 7d'),
    values: hex(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a' +
        '535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5' +
        'c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
    ),
  },
  {
    id: 0x01,
    counts: hex('00 03 01 01 01 01 01 01 01 01 01 00 00 00 00 00'),
    values: hex('00 01 02 03 04 05 06 07 08 09 0a 0b'),
  },
  {
    id: 0x11,
    counts: hex('00 02 01 02 04 04 03 04 07 05 04 04 00 01 02 77'),
    values: hex(
      '0001020311040521310612415107617113223281081442 91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748' +
        '494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2' +
        'c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
    ),
  },
] as const

/** The Huffman tables of ITU-T T.81 section K.3 as one DHT segment: what is meant where a picture brings none. */
export const STANDARD_HUFFMAN_TABLES: Buffer = huffmanSegment()

function huffmanSegment(): Buffer {
  const body = TABLES.flatMap(({ id, counts, values }) => [id, ...counts, ...values])
  const length = body.length + 2
  return Buffer.from([0xff, 0xc4, length >> 8, length & 0xff, ...body])
}

/** A JPEG without Huffman tables with those of the standard put before its first scan; undefined when it has no scan. */
export function addHuffmanTables(data: Buffer): Buffer | undefined {
  for (let at = 2; at + 4 <= data.length; at += 2 + data.readUInt16BE(at + 2)) {
    if (data[at] !== 0xff) return undefined
    if (data[at + 1] === SOS) return Buffer.concat([data.subarray(0, at), STANDARD_HUFFMAN_TABLES, data.subarray(at)])
  }
  return undefined
}

const SOS = 0xda

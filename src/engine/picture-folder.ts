import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The pictures in a folder, in the order that people count: picture2 comes before picture10. */
export async function listPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  const order = new Intl.Collator('en', { numeric: true })
  return names
    .filter((name) => /\.(?:jpe?g|png|webp|bmp|tiff?|gif)$/i.test(name))
    .sort(order.compare)
    .map((name) => join(folder, name))
}

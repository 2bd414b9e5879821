import { writeFile } from 'node:fs/promises'
import { openCamera } from 'atalaya'

await using camera = await openCamera(process.argv[2] ?? 'test:clock')
await writeFile('picture.jpg', (await camera.picture()).data)

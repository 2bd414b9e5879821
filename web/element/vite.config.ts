import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const web = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** `<atalaya-camera>`: one file, for pages and for bundlers. */
export default defineConfig({
  root: web('.'),
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: web('../dist/web'),
    emptyOutDir: false,
    target: ['chrome100', 'firefox103', 'safari16.4'],
    lib: { entry: web('atalaya-camera.ts'), formats: ['es'], fileName: () => 'atalaya-camera.js' },
    rolldownOptions: { output: { minify: true } },
  },
})

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The dashboard: one page, one script, one style sheet, all with relative addresses. */
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: here('../../dist/web/dashboard'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // What the licence of Lit asks for: its text goes wherever the script goes.
    license: { fileName: 'licenses.md' },
    modulePreload: false,
    target: ['chrome100', 'firefox103', 'safari16.4'],
  },
})

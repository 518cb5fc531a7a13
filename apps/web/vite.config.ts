import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const PACKED = /\.(?:js|css|svg|html)$/

/** Puts a gzip and a Brotli copy beside each file, which the API hands to browsers that take them. */
function packed(): Plugin {
  let outDir = ''
  let isWanted = true
  return {
    name: 'firedrill-packed',
    apply: 'build',
    configResolved: (config) => {
      outDir = resolve(config.root, config.build.outDir)
      // Tests, which do not ask for packed sizes, do without packed files.
      isWanted = config.build.reportCompressedSize
    },
    closeBundle: async () => {
      if (!isWanted) return
      const names = await readdir(outDir, { recursive: true })
      for (const name of names.filter((one) => PACKED.test(one))) {
        const bytes = await readFile(join(outDir, name))
        await writeFile(join(outDir, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }))
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
        await writeFile(join(outDir, `${name}.br`), await promisify(brotliCompress)(bytes, quality))
      }
    },
  }
}

/**
 * The dashboard as static files. The API serves them under a policy that allows nothing inline and nothing from elsewhere, so every
 * script and style is a file with its hash in its name.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), packed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // The page for a phone stands apart, so that it does not load the dashboard.
    rolldownOptions: {
      input: ['index.html', 'approve.html'].map((name) => join(import.meta.dirname, name)),
    },
    modulePreload: { polyfill: false },
    // The first versions with light-dark(), which both themes are made of.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    reportCompressedSize: true,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': 'http://127.0.0.1:4600', '/session': 'http://127.0.0.1:4600' },
  },
})

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * The dashboard as static files. The API serves them under a policy that allows nothing inline and nothing from elsewhere, so every
 * script and style is a file with its hash in its name.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
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

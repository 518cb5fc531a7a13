// Packs the command line into one tarball that needs Node 20 and nothing else: `node tools/pack.mjs [DIRECTORY]`.
// The path of the tarball goes to stdout.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const CLI = join(dirname(fileURLToPath(import.meta.url)), '..')
const ROOT = join(CLI, '../..')
const destination = resolve(process.argv[2] ?? join(CLI, 'dist'))
const { version, license } = JSON.parse(readFileSync(join(CLI, 'package.json'), 'utf8'))

const README = `# firedrill

The command line of Firedrill: failover drills that measure recovery and prove that everything was put back.

It speaks to an API: \`firedrill ci checkout-failover -e staging --url https://firedrill.example\` runs a drill for a
pipeline, \`firedrill validate FILE\` needs no API, and \`firedrill recover --kit FILE\` takes a fault out without the
platform. Rehearsals in a simulated world need a checkout of the repository.
`

/** What npm reads. Everything is in the bundle, so nothing is installed beside it. */
const manifest = {
  name: 'firedrill',
  version,
  description: 'Failover drills that measure recovery and prove that everything was put back.',
  license,
  type: 'module',
  bin: { firedrill: 'bin/firedrill.mjs' },
  files: ['bin'],
  engines: { node: '>=20' },
}

const making = mkdtempSync(join(tmpdir(), 'firedrill-pack-'))
try {
  const bundle = await rolldown({ input: join(CLI, 'src/main.ts'), platform: 'node', logLevel: 'warn' })
  await bundle.write({
    format: 'esm',
    dir: join(making, 'bin'),
    entryFileNames: 'firedrill.mjs',
    chunkFileNames: '[name]-[hash].mjs',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
    comments: false,
    minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
  })
  await bundle.close()
  writeFileSync(join(making, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(join(making, 'README.md'), README)
  copyFileSync(join(ROOT, 'LICENSE'), join(making, 'LICENSE'))
  mkdirSync(destination, { recursive: true })
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: making,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(`${join(destination, JSON.parse(packed)[0].filename)}\n`)
} finally {
  rmSync(making, { recursive: true, force: true })
}

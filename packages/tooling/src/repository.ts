import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { readSource } from './source-file.ts'
import type { SourceFile } from './source-file.ts'

/** A package of the workspace. */
export interface Room {
  /** As the import matrix names it: the name of its directory. */
  readonly name: string
  /** Relative to the repository's root: `packages/core`. */
  readonly dir: string
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
  /** The `exports` of its package.json; `null` when there are none. */
  readonly exportPaths: readonly string[] | null
  readonly files: readonly SourceFile[]
}

/** What the rules look at. */
export interface Repository {
  readonly rooms: readonly Room[]
}

/** The scope of our own packages. */
export const SCOPE = '@firedrill/'

const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'fixtures', 'coverage'])

/** Reads every package.json and every source file below `packages`, `apps` and `infra`. */
export function readRepository(root: string): Repository {
  const parents = ['packages', 'apps'].map((name) => join(root, name)).filter((dir) => existsSync(dir))
  const dirs = parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
  const rooms = [...dirs, join(root, 'infra')]
    .filter((dir) => existsSync(join(dir, 'package.json')))
    .map((dir) => readRoom(root, dir))
  return { rooms }
}

function readRoom(root: string, dir: string): Room {
  const manifest = readManifest(join(dir, 'package.json'))
  const files = sourcesBelow(dir).map((path) =>
    readSource(relative(root, path).replaceAll(sep, '/'), readFileSync(path, 'utf8')),
  )
  return {
    name: basename(dir),
    dir: relative(root, dir).replaceAll(sep, '/'),
    dependencies: [
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
    ],
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    exportPaths: manifest.exports === undefined ? null : Object.keys(manifest.exports),
    files,
  }
}

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly exports?: Record<string, unknown>
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

function sourcesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return sourcesBelow(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

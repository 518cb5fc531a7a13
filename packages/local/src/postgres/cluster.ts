import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LocalError } from '../local-error.ts'
import { giveTo } from './account.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { diskFull } from './place.ts'

/** The superuser of an embedded cluster and the name of its first database. */
export const OWNER_ROLE = 'firedrill'

const MIB = 1024 * 1024
/** A new cluster takes about 40 MB, and the first write-ahead log segments as much again. */
const NEW_CLUSTER_BYTES = 150 * MIB
const OLD_CLUSTER_BYTES = 32 * MIB

/** A cluster on disk, ready for a server. */
export interface Cluster {
  readonly path: string
  readonly password: string
  readonly isNew: boolean
}

/**
 * Opens the cluster below `place`, or makes one. Making is atomic: a process killed half-way leaves nothing that a
 * later start could take for a cluster.
 */
export async function openCluster(
  place: string,
  binaries: Binaries,
  account: Account,
  isDurable: boolean,
): Promise<Cluster> {
  const path = join(place, 'cluster')
  const passwordFile = join(place, 'password')
  const isNew = !existsSync(join(path, 'PG_VERSION'))
  requireSpace(place, isNew ? NEW_CLUSTER_BYTES : OLD_CLUSTER_BYTES)
  if (!isNew) {
    const major = Number(readFileSync(join(path, 'PG_VERSION'), 'utf8'))
    if (major !== binaries.major) throw wrongVersion(place, major, binaries.major)
    return { path, password: readFileSync(passwordFile, 'utf8'), isNew }
  }
  // Only this machine's users can reach the port, but they are not all us: a superuser may run programs.
  const password = randomBytes(24).toString('base64url')
  const draft = join(place, 'cluster.new')
  for (const stale of [draft, path]) rmSync(stale, { recursive: true, force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  mkdirSync(draft, { mode: 0o700 })
  giveTo(passwordFile, account)
  giveTo(draft, account)
  await runInitdb(place, draft, passwordFile, binaries, account, isDurable)
  renameSync(draft, path)
  return { path, password, isNew }
}

async function runInitdb(
  place: string,
  draft: string,
  passwordFile: string,
  binaries: Binaries,
  account: Account,
  isDurable: boolean,
): Promise<void> {
  const args = [
    '--pgdata',
    draft,
    '--username',
    OWNER_ROLE,
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
  ]
  args.push('--locale', 'C', '--encoding', 'UTF8', '--no-instructions', ...(isDurable ? [] : ['--no-sync']))
  try {
    await promisify(execFile)(binaries.initdb, args, { cwd: '/', env: { LC_ALL: 'C' }, ...account })
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error)
    rmSync(draft, { recursive: true, force: true })
    if (said.includes('No space left on device')) throw diskFull(place, said)
    throw new LocalError(
      'start-failed',
      `PostgreSQL could not make its files in ${place}: ${lastLine(said)}`,
      said,
    )
  }
}

function requireSpace(place: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(place)
  if (bavail * bsize < bytes) throw diskFull(place, `${Math.floor((bavail * bsize) / MIB)} MB free`)
}

function wrongVersion(place: string, found: number, ours: number): LocalError {
  return new LocalError(
    'version-mismatch',
    `The data in ${place} was written by PostgreSQL ${found}, and this is PostgreSQL ${ours}. Start with --fresh for ` +
      'new data, or go back to the version that wrote it and take what you need from it first.',
  )
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { LocalError } from '../local-error.ts'
import { giveTo, serverAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { OWNER_ROLE, openCluster } from './cluster.ts'
import { createDatabase, databaseUrl, withClient } from './create-database.ts'
import { claimDirectory, releaseDirectory } from './owner.ts'
import { directoryError, preparePlace } from './place.ts'
import { startServer } from './server.ts'
import type { ServerExit } from './server.ts'
import { stopOrphan } from './stop-orphan.ts'

/** How to start PostgreSQL. */
export interface PostgresOptions {
  /** Where the data lives; made when it is absent. One running server a directory. */
  readonly dataDir: string
  /** A port of 127.0.0.1; 0, the default, takes any free one. */
  readonly port?: number
  /** Told in a few words what takes time: a new cluster, a server left behind. */
  readonly log?: (line: string) => void
  /** `'test'` trades every guarantee after a power cut for speed. Default `'safe'`: fsync on. */
  readonly durability?: 'safe' | 'test'
  /** Use this server and start none. Default: `DATABASE_URL`; `null` starts one even if that is set. */
  readonly databaseUrl?: string | null
  /** Remove `dataDir` once the server has ended, also when this process was killed. Default false. */
  readonly isThrowAway?: boolean
}

/** A PostgreSQL server that accepts connections. */
export interface LocalPostgres {
  /** `embedded` from npm, `system` from this machine, `external` from DATABASE_URL (not started, not stopped). */
  readonly origin: 'embedded' | 'system' | 'external'
  /** The URL of the default database, with its password: treat it as a secret. */
  readonly url: string
  readonly port: number
  /** The server's process; `null` for an external one. */
  readonly pid: number | null
  /** Settles when the server's process has ended, wanted or not; never for an external one. */
  readonly exited: Promise<ServerExit>
  /** Stops the server (fast, then immediate) and waits until it has ended. Safe to call again. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on 127.0.0.1, or uses the one that DATABASE_URL names.
 *
 * The server runs in a session of its own, so that Ctrl-C does not stop it before those who need it, and ends with
 * this process, however that ends: a watchdog stops it when this process is gone. A server that a killed process
 * left behind all the same is stopped first; one whose owner is alive is refused (`in-use`).
 *
 * @throws LocalError with a message that says what to do.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const external = options.databaseUrl === undefined ? process.env['DATABASE_URL'] : options.databaseUrl
  if (external !== undefined && external !== null && external !== '') return useExternal(external)

  const account = serverAccount()
  const place = preparePlace(resolve(options.dataDir), account)
  const claim = claimPlace(place)
  if (claim.kind === 'held') throw heldByOther(options.dataDir, claim.pid)
  try {
    return await startIn(place, account, options)
  } catch (error) {
    releaseDirectory(place)
    throw error
  }
}

async function startIn(
  place: string,
  account: ReturnType<typeof serverAccount>,
  options: PostgresOptions,
): Promise<LocalPostgres> {
  const log = options.log ?? (() => {})
  const isDurable = options.durability !== 'test'
  const binaries = findBinaries(account)
  if (await stopOrphan(`${place}/cluster`))
    log('stopped a PostgreSQL server that an earlier process left behind')
  const startedAt = performance.now()
  const cluster = await openCluster(place, binaries, account, isDurable)
  if (cluster.isNew) log(`made a PostgreSQL ${binaries.major} cluster in ${seconds(startedAt)} s`)
  // The watchdog removes the directory as the server's user, so it has to be that user's.
  if (options.isThrowAway === true) giveTo(place, account)
  const server = await startServer({
    place,
    cluster: cluster.path,
    binaries,
    account,
    port: options.port ?? 0,
    isDurable,
    removeAfter: options.isThrowAway === true ? place : null,
  })
  const admin = `postgresql://${OWNER_ROLE}:${cluster.password}@127.0.0.1:${server.port}/postgres`
  const stop = async () => {
    await server.stop()
    releaseDirectory(place)
    if (options.isThrowAway === true) rmSync(place, { recursive: true, force: true })
  }
  try {
    const url = cluster.isNew ? await createDatabase(admin, OWNER_ROLE) : await ensureDefault(admin)
    return { origin: binaries.origin, url, port: server.port, pid: server.pid, exited: server.exited, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A start that was killed between making the cluster and its database is completed here. */
async function ensureDefault(admin: string): Promise<string> {
  const url = databaseUrl(admin, OWNER_ROLE)
  try {
    await withClient(url, async () => {})
    return url
  } catch (error) {
    if ((error as { code?: string }).code !== '3D000') throw error
    return createDatabase(admin, OWNER_ROLE)
  }
}

async function useExternal(url: string): Promise<LocalPostgres> {
  let port: number
  try {
    const parsed = new URL(url)
    port = parsed.port === '' ? 5432 : Number(parsed.port)
    await withClient(url, async () => {})
  } catch (error) {
    const cause =
      error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error)
    throw new LocalError(
      'unreachable',
      `The PostgreSQL server that DATABASE_URL names did not let us in: ${cause}. Correct DATABASE_URL, or unset it to ` +
        'use the embedded server.',
      cause,
    )
  }
  return { origin: 'external', url, port, pid: null, exited: new Promise(() => {}), stop: async () => {} }
}

function claimPlace(place: string): ReturnType<typeof claimDirectory> {
  try {
    return claimDirectory(place)
  } catch (error) {
    throw directoryError(place, error)
  }
}

function heldByOther(dataDir: string, pid: number): LocalError {
  return new LocalError(
    'in-use',
    `Another instance (process ${pid}) is running on ${dataDir}. Use that one, stop it, or choose another directory.`,
  )
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

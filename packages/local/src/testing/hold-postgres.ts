// A process that starts PostgreSQL on the directory it is given, says where it is, and then only waits: for tests that
// kill it. The second argument `throw-away` asks for a server that is removed with it.
import { LocalError } from '../local-error.ts'
import { startPostgres } from '../postgres/start-postgres.ts'

process.on('SIGINT', () => {})
const [dataDir = '', mode] = process.argv.slice(2)
try {
  const server = await startPostgres({
    dataDir,
    databaseUrl: null,
    isThrowAway: mode === 'throw-away',
    durability: mode === 'throw-away' ? 'test' : 'safe',
  })
  process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`)
  // The server keeps nobody alive, so something else has to.
  setInterval(() => {}, 60_000)
} catch (error) {
  const code = error instanceof LocalError ? error.code : 'unexpected'
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`)
}

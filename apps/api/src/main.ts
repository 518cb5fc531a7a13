import { isAppError } from '@firedrill/core'
import { buildApi } from './app.ts'
import { compose } from './main/compose.ts'

/** Starts the API and prints one line of JSON once it serves: where it is, and where its first token is kept. */
async function main(): Promise<void> {
  const { host, port, tokenFile, deps, shutdown } = await compose(process.env)
  const app = await buildApi(deps)
  shutdown.add('http', () => app.close())
  const url = await app.listen({ host, port })
  process.stdout.write(`${JSON.stringify({ ready: true, url, tokenFile, pid: process.pid })}\n`)
}

function explain(error: unknown): string {
  if (isAppError(error))
    return error.internal === undefined ? error.message : `${error.message} (${error.internal})`
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE')
    return `The port is in use by another program: ${error.message}. Stop it, or set FIREDRILL_HTTP_PORT to a free port.`
  return error.stack ?? error.message
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  // Whatever was opened before the failure must not keep the process alive.
  process.exit(1)
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A listener that real-looking AWS settings point to. Whoever heeds them is seen here. */
export type Decoy = Readonly<{
  /** Settings as they are found on people's machines, with every address turned to the decoy. */
  env: Readonly<Record<string, string>>
  /** First bytes of every connection. */
  visits(): readonly string[]
  /** A process of its own that follows the settings once. */
  visitFromChild(): Promise<void>
  stop(): Promise<void>
}>

/** Starts a decoy on loopback. */
export async function startDecoy(): Promise<Decoy> {
  const visits: string[] = []
  const server = createServer((socket) => {
    const at = visits.push('') - 1
    socket.on('data', (chunk: Buffer) => {
      visits[at] = chunk.toString('latin1').slice(0, 120)
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    })
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the decoy has no port')
  const url = `http://127.0.0.1:${address.port}`
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-decoy-'))
  const config = join(dir, 'config')
  writeFileSync(config, `[profile production]\nregion = us-east-1\nendpoint_url = ${url}\n`)
  const credentials = join(dir, 'credentials')
  writeFileSync(
    credentials,
    '[production]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n',
  )
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjEXAMPLE',
    AWS_PROFILE: 'production',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_EC2: url,
    AWS_ENDPOINT_URL_ROUTE_53: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
  }
  return {
    env,
    visits: () => visits,
    async visitFromChild() {
      const script = 'await fetch(process.env.AWS_ENDPOINT_URL).catch(() => undefined)'
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, ...env },
        stdio: 'ignore',
      })
      await once(child, 'exit')
    },
    async stop() {
      server.close()
      await once(server, 'close')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

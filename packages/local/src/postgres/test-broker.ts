import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Where the test processes of one run ask for the server's URL: the path of a socket file. */
export const BROKER_VARIABLE = 'FIREDRILL_TEST_POSTGRES'

type Answer = { readonly url: string } | { readonly error: string }

/**
 * Answers every test process of a run with one and the same URL, which `start` is asked for when the first of them
 * wants it: a run without database tests starts no server.
 *
 * @returns how to stop answering.
 */
export async function openBroker(start: () => Promise<string>): Promise<() => void> {
  // Only this user may enter the directory: the answer holds a password.
  const directory = mkdtempSync(join(tmpdir(), 'fd-test-'))
  chmodSync(directory, 0o700)
  const path = join(directory, 's')
  let started: Promise<string> | undefined
  const server = createServer((socket) => {
    socket.on('error', () => {})
    started ??= start()
    void started.then(
      (url) => socket.end(JSON.stringify({ url } satisfies Answer)),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) } satisfies Answer)),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  server.unref()
  process.env[BROKER_VARIABLE] = path
  return () => {
    delete process.env[BROKER_VARIABLE]
    server.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Asks the broker of this run for the server's URL. */
export async function askBroker(path: string): Promise<string> {
  const answer = JSON.parse(await text(connect(path))) as Answer
  if ('error' in answer)
    throw new Error(`the PostgreSQL server of this test run did not start: ${answer.error}`)
  return answer.url
}

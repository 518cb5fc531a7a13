import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Longer socket paths are refused by some systems. */
const SOCKET_PATH_MAX = 100

/** A directory that another process holds. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'
}

/**
 * A directory for one process. It is held by a listening socket, which the system takes away from a process however
 * it dies: a killed owner leaves nothing behind that looks alive, whatever has become of its process id.
 */
export class DirectoryLock {
  readonly #server: Server
  readonly #path: string

  private constructor(server: Server, path: string) {
    this.#server = server
    this.#path = path
  }

  /** Takes the directory, creating it when needed. Rejects with `DirectoryInUse` when somebody has it. */
  static async take(directory: string): Promise<DirectoryLock> {
    mkdirSync(directory, { recursive: true })
    const path = socketPath(directory)
    for (;;) {
      const server = createServer((peer) => {
        peer.on('error', () => peer.destroy())
        peer.end(String(process.pid))
      })
      try {
        server.listen(path)
        await once(server, 'listening')
        server.unref()
        return new DirectoryLock(server, path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      }
      const owner = await ownerOf(path)
      if (owner !== null)
        throw new DirectoryInUse(
          `${directory} is in use by the simulator with process id ${owner}. Stop it, or name another --state directory.`,
        )
      rmSync(path, { force: true })
    }
  }

  /** Gives the directory up. */
  async release(): Promise<void> {
    await new Promise((done) => this.#server.close(done))
    rmSync(this.#path, { force: true })
  }
}

const socketPath = (directory: string): string => {
  const path = join(resolve(directory), 'lock')
  if (Buffer.byteLength(path) <= SOCKET_PATH_MAX) return path
  const digest = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 24)
  return join(tmpdir(), `firedrill-sim-${digest}.lock`)
}

/** The process id that the holder of the socket tells, or null when nobody listens any more. */
const ownerOf = async (path: string): Promise<string | null> => {
  const socket = connect(path)
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  try {
    await once(socket, 'end')
    return text
  } catch {
    return null
  } finally {
    socket.destroy()
  }
}

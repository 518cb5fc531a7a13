import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Marks files that were being written when the process died. */
export const TEMPORARY_PREFIX = '.writing-'

/** Makes a directory that only this user can enter; an existing one is narrowed to that. */
export async function ensurePrivateDirectory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
}

/**
 * Replaces a file so that after a crash at any moment it holds either the old or the new content in full: written to a
 * neighbour, synced, renamed, and the directory synced. Readable by this user only. Durable before it answers.
 */
export async function writeDurably(path: string, content: string): Promise<void> {
  await writtenBeside(path, content, (temporary) => rename(temporary, path))
}

/**
 * Makes a file unless there is one, and answers what it holds after that: of processes that start together the first one's
 * content is everybody's. Readable by this user only. Durable before it answers.
 */
export async function createDurably(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return writtenBeside(path, content, async (temporary) => {
    try {
      await link(temporary, path)
      return content
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return readFile(path, 'utf8')
      throw error
    } finally {
      await rm(temporary, { force: true })
    }
  })
}

/** Writes a neighbour of the file, puts it in place with `place`, and syncs the directory. */
async function writtenBeside<T>(
  path: string,
  content: string,
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = join(
    dirname(path),
    `${TEMPORARY_PREFIX}${randomBytes(6).toString('hex')}-${basename(path)}`,
  )
  let placed: T
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content, 'utf8')
      await file.sync()
    } finally {
      await file.close()
    }
    placed = await place(temporary)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
  return placed
}

/** Removes a file; its absence is durable before it answers. A file that is not there is fine. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true })
  await syncDirectory(dirname(path))
}

/** The text of a file, or undefined when there is none. Any other failure is thrown. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

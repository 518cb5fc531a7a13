import { join } from 'node:path'
import { platformInstant, type DatabaseMarks } from '@firedrill/core'
import { z } from 'zod'
import { ensurePrivateDirectory, readIfThere, writeDurably } from './durable-file.ts'

const schema = z.strictObject({
  newestAt: z.int().min(0).transform(platformInstant),
  suspects: z.array(z.string()),
})

/** The mark as a file beside the kits. One that cannot be read is an error: it may be all that tells of a fault. */
export async function openDatabaseMarks(dir: string): Promise<DatabaseMarks> {
  await ensurePrivateDirectory(dir)
  const path = join(dir, 'database.mark.json')
  return {
    read: async () => {
      const text = await readIfThere(path)
      return text === undefined ? undefined : schema.parse(JSON.parse(text))
    },
    write: (mark) => writeDurably(path, JSON.stringify(mark)),
  }
}

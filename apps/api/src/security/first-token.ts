import { join } from 'node:path'
import { EVERYTHING, type Ids, type Sha256, type TokenStore } from '@firedrill/core'
import { ensureSecretFile } from '@firedrill/runtime'

/** The one team of an installation without sign-in. */
export const DEFAULT_TEAM = 'default'

/** Name of the file with the first token, inside the state directory. */
export const TOKEN_FILE = 'api-token'

/**
 * Makes the first bearer token at the first start and keeps it in a file that only this user can read; the database keeps its
 * hash alone. When the file is there but the database is new, the same token is entered again. Answers where it is.
 */
export async function ensureFirstToken(
  stateDir: string,
  ports: Readonly<{ tokens: TokenStore; ids: Ids; sha256: Sha256 }>,
): Promise<Readonly<{ path: string; isNew: boolean }>> {
  const path = join(stateDir, TOKEN_FILE)
  const { secret, created } = await ensureSecretFile(path, 'fd_')
  const hash = ports.sha256(secret)
  if ((await ports.tokens.byHash(hash)) === undefined) {
    await ports.tokens.add({
      id: ports.ids.mint('token'),
      teamId: DEFAULT_TEAM,
      name: 'first token',
      hash,
      permissions: [EVERYTHING],
    })
  }
  return { path, isNew: created }
}

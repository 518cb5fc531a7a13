import type { TokenStore } from '@firedrill/core'
import type { PrismaClient } from '../generated/client.ts'

/** `TokenStore` on PostgreSQL. */
export function tokenStore(prisma: PrismaClient): TokenStore {
  return {
    add: async (token) => {
      const data = { ...token, permissions: [...token.permissions] }
      await prisma.token.createMany({ data, skipDuplicates: true })
    },
    byHash: async (hash) =>
      (await prisma.token.findUnique({
        where: { hash },
        select: { id: true, teamId: true, name: true, permissions: true },
      })) ?? undefined,
  }
}

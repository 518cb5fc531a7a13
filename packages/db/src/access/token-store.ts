import type { TokenStore } from '@firedrill/core'
import type { PrismaClient } from '../generated/client.ts'

/** `TokenStore` on PostgreSQL. */
export function tokenStore(prisma: PrismaClient): TokenStore {
  return {
    add: async (token) => {
      await prisma.token.create({ data: { ...token, permissions: [...token.permissions] } })
    },
    byHash: async (hash) =>
      (await prisma.token.findUnique({
        where: { hash },
        select: { id: true, teamId: true, name: true, permissions: true },
      })) ?? undefined,
  }
}

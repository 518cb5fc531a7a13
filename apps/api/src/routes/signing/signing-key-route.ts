import { signingKeySchema } from '@firedrill/contracts'
import { keyIdOf, publicKeyPem } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { answers } from '../respond.ts'

/** The public key that reports are signed with, for whoever verifies them elsewhere. */
export function signingKeyRoute({ signingKey }: Pick<ApiDependencies, 'signingKey'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/signing-key',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['report'],
          summary: 'The public key that reports of this installation are signed with',
          response: answers({ 200: signingKeySchema }),
        },
      },
      async () => ({
        algorithm: 'Ed25519' as const,
        id: keyIdOf(signingKey),
        pem: publicKeyPem(signingKey),
      }),
    )
  }
}

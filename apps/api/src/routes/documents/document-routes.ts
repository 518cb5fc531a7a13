import { readFile } from 'node:fs/promises'
import { AppError, ERRORS } from '@firedrill/core'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  type FastifyPluginAsyncZod,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ERROR_PAGES } from '../../problem/problem-reply.ts'
import { DOCS_POLICY } from '../../security/headers.ts'
import { SESSION_COOKIE } from '../../security/session.ts'

/** Where the pages of the error codes are. */
export const ERROR_PAGES_DIR = new URL('../../../../../docs/errors/', import.meta.url)

/** Collects the schemas of every route registered after it, for the OpenAPI document. */
export async function collectOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Firedrill',
        description:
          'Failover drills that measure recovery and prove that everything was put back. Instants are integer microseconds since the Unix epoch; names that end in WorldAt are world time, the others platform time.',
        version: '1',
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
        },
      },
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input)
      const permission = input.route.config?.permission
      const security = permission === 'public' ? [] : [{ token: [] }, { session: [] }]
      return { schema: { ...schema, security, 'x-permission': permission }, url }
    },
    transformObject: jsonSchemaTransformObject,
  })
}

/** The OpenAPI document, its page, and the page of every error code. */
export function documentRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(async (scope) => {
      // The plugin brings routes of its own; what they show is the public description of this API.
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, permission: 'public' }
      })
      await scope.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: DOCS_POLICY,
      })
    })

    app.get(
      '/openapi.json',
      { config: { permission: 'public' }, schema: { hide: true } },
      async (_request, reply) => reply.type('application/json').send(JSON.stringify(app.swagger())),
    )

    app.get(
      `${ERROR_PAGES}:code`,
      {
        config: { permission: 'public' },
        schema: {
          tags: ['documents'],
          summary: 'What an error code means, what may still be broken, what to do now',
          params: z.object({ code: z.string() }),
        },
      },
      async (request, reply) => {
        const { code } = request.params
        if (!Object.hasOwn(ERRORS, code))
          throw new AppError('not-found', 'There is no error code of that name.')
        const page = await readFile(new URL(`${code}.md`, ERROR_PAGES_DIR), 'utf8')
        return reply.type('text/plain; charset=utf-8').send(page)
      },
    )
  }
}

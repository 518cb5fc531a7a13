import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@firedrill/core'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PAGE_POLICY } from '../../security/headers.ts'

const HASHED_ASSET = /\/assets\/[^/]+-[\w-]{8,}\.[a-z0-9]+(?:\.(?:br|gz))?$/

/**
 * Serves the built dashboard at `/`; addresses of its own (`/runs/…`) answer with its page. Without a built dashboard `/` says so
 * in one line. Everything else that has no route is a problem, never a page.
 */
export async function serveDashboard(app: FastifyInstance, webDir: string | undefined): Promise<void> {
  const dir = webDir !== undefined && existsSync(join(webDir, 'index.html')) ? webDir : undefined
  if (dir === undefined) {
    app.get('/', { config: { permission: 'public' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send('Firedrill API. The dashboard is not built. See /docs.\n'),
    )
  } else {
    await app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, permission: 'public' }
        route.schema = { ...route.schema, hide: true }
      })
      await scope.register(fastifyStatic, {
        root: dir,
        prefix: '/',
        cacheControl: false,
        preCompressed: true,
        setHeaders: (answer, path) => {
          void answer.header('content-security-policy', PAGE_POLICY)
          void answer.header(
            'cache-control',
            HASHED_ASSET.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
          )
        },
      })
    })
  }

  app.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
    if (dir === undefined || !isPageRequest(request))
      throw new AppError(
        'not-found',
        `There is nothing at ${request.method} ${request.url.split('?')[0] ?? ''}.`,
      )
    return reply
      .code(200)
      .header('content-security-policy', PAGE_POLICY)
      .header('cache-control', 'no-cache')
      .sendFile('index.html', dir)
  })
}

/** A person's browser asking for a page of the dashboard, as opposed to a script asking for data or a file. */
export function isPageRequest(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? ''
  const isElsewhere = ['/v1/', '/docs', '/errors/', '/assets/', '/sign-in', '/session'].some((prefix) =>
    path.startsWith(prefix),
  )
  const wantsPage = request.headers.accept?.includes('text/html') === true
  return request.method === 'GET' && !isElsewhere && wantsPage && !/\.[a-z0-9]+$/i.test(path)
}

import type { FastifyInstance, RouteOptions } from 'fastify'
import { PERMISSIONS } from '@firedrill/core'
import type { RoutePermission } from './principal.ts'

const KNOWN: readonly (RoutePermission | undefined)[] = [...PERMISSIONS, 'public']

/**
 * Keeps the API from becoming ready while any route declares no permission, or one that does not exist. The routes are looked at when
 * all are there, because plugins declare theirs through a hook.
 * @throws Error from `app.ready()`, naming the routes.
 */
export function requirePermissions(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onReady', async () => {
    const open = routes.filter((route) => !KNOWN.includes(route.config?.permission))
    if (open.length === 0) return
    const names = open.map((route) => `${String(route.method)} ${route.url}`)
    throw new Error(`routes without a permission: ${names.join(', ')}`)
  })
}

import cookie from '@fastify/cookie'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { randomText } from '@firedrill/runtime'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { ApiDependencies } from './dependencies.ts'
import { sendProblem } from './problem/problem-reply.ts'
import { isPageRequest, serveDashboard } from './routes/dashboard/dashboard-routes.ts'
import { collectOpenApi, documentRoutes } from './routes/documents/document-routes.ts'
import { calendarRoutes } from './routes/calendar/calendar-routes.ts'
import { importRoutes } from './routes/calendar/import-routes.ts'
import { drillRoutes } from './routes/drills/drill-routes.ts'
import { environmentRoutes } from './routes/environments/environment-routes.ts'
import { findingRoutes } from './routes/findings/finding-routes.ts'
import { gameDayRoutes } from './routes/game-days/game-day-routes.ts'
import { haltRoutes } from './routes/halt/halt-routes.ts'
import { healthRoutes } from './routes/health/health-routes.ts'
import { metricsRoute } from './routes/metrics/metrics-route.ts'
import { timeRequests } from './routes/metrics/time-requests.ts'
import { overviewRoute } from './routes/overview/overview-route.ts'
import { planRoute } from './routes/plan/plan-route.ts'
import { portfolioRoutes } from './routes/portfolio/portfolio-routes.ts'
import { probeRoutes } from './routes/probes/probe-routes.ts'
import { runbookRoutes } from './routes/runbooks/runbook-routes.ts'
import { actOnRunRoutes } from './routes/runs/act-on-run.ts'
import { approveRunRoutes } from './routes/runs/approve-run.ts'
import { holdRunRoutes } from './routes/runs/hold-run.ts'
import { importSeriesRoute } from './routes/runs/import-series.ts'
import { resolveRunRoutes } from './routes/runs/resolve-run.ts'
import { liveRoute } from './routes/runs/live-route.ts'
import { readRunRoutes } from './routes/runs/read-runs.ts'
import { recomputeRoutes } from './routes/runs/recompute-run.ts'
import { runFileRoutes } from './routes/runs/run-files.ts'
import { runbookStepRoutes } from './routes/runs/runbook-steps.ts'
import { startRunRoute } from './routes/runs/start-run.ts'
import { summaryRoute } from './routes/scenarios/summary-route.ts'
import { scenarioRoutes } from './routes/scenarios/scenario-routes.ts'
import { changeScheduleRoutes } from './routes/schedules/change-schedule.ts'
import { readScheduleRoutes } from './routes/schedules/read-schedules.ts'
import { signOffRoutes } from './routes/signing/sign-off-routes.ts'
import { signingKeyRoute } from './routes/signing/signing-key-route.ts'
import { sessionRoutes } from './routes/session/session-routes.ts'
import { localAdminRoute } from './routes/sign-in/local-admin-route.ts'
import { signInRoutes } from './routes/sign-in/sign-in-routes.ts'
import { tokenRoutes } from './routes/tokens/token-routes.ts'
import { authenticate, authorise, authoriseWhere } from './security/authenticate.ts'
import { auditRequests } from './audit/audit-scope.ts'
import { auditRoute } from './routes/audit/audit-route.ts'
import { webhookRoutes } from './routes/webhooks/webhook-routes.ts'
import { setSecurityHeaders } from './security/headers.ts'
import { refuseForeignPages, refuseForgedChanges } from './security/own-page.ts'
import { refuseFlood } from './security/refuse-flood.ts'
import { trackPrincipals } from './security/principal.ts'
import { requirePermissions } from './security/require-permissions.ts'

/** Largest body of a request: a scenario file is a few kilobytes. */
const BODY_BYTES_MAX = 1_048_576

/** Builds the API. It does not listen yet; it does not become ready when a route declares no permission. */
export async function buildApi(deps: ApiDependencies): Promise<FastifyInstance> {
  const log: FastifyBaseLogger = deps.log
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    trustProxy: false,
    genReqId: () => `req_${randomText(12)}`,
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(sendProblem)
  requirePermissions(app)
  timeRequests(app, deps.metrics)

  trackPrincipals(app)
  await app.register(cookie)
  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(reply)
    refuseForeignPages(request, deps.signIn?.publicUrl)
    request.principal = await authenticate(request, deps)
    refuseFlood(request, reply, deps.rateLimit)
    refuseForgedChanges(request)
    // Where people sign in, a page is shown to those who did.
    if (deps.signIn !== undefined && request.principal.kind === 'anonymous' && isPageRequest(request))
      return reply.redirect(`/sign-in?to=${encodeURIComponent(request.url.split('?')[0] ?? '/')}`, 303)
    authorise(request)
    return undefined
  })

  app.addHook('preHandler', (request) => authoriseWhere(request, deps))
  auditRequests(app, deps.auditScope)

  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())

  await collectOpenApi(app)
  await app.register(scenarioRoutes(deps))
  await app.register(summaryRoute(deps))
  await app.register(environmentRoutes(deps))
  await app.register(runbookRoutes(deps))
  await app.register(drillRoutes(deps))
  await app.register(readScheduleRoutes(deps))
  await app.register(changeScheduleRoutes(deps))
  await app.register(calendarRoutes(deps))
  await app.register(importRoutes(deps))
  await app.register(startRunRoute(deps))
  await app.register(readRunRoutes(deps))
  await app.register(actOnRunRoutes(deps))
  await app.register(approveRunRoutes(deps))
  await app.register(holdRunRoutes(deps))
  await app.register(resolveRunRoutes(deps))
  await app.register(runbookStepRoutes(deps))
  await app.register(runFileRoutes(deps))
  await app.register(recomputeRoutes(deps))
  await app.register(importSeriesRoute(deps))
  await app.register(signingKeyRoute(deps))
  await app.register(signOffRoutes(deps))
  await app.register(findingRoutes(deps))
  await app.register(gameDayRoutes(deps))
  await app.register(portfolioRoutes(deps))
  await app.register(probeRoutes(deps))
  await app.register(liveRoute(deps, closing.signal))
  await app.register(overviewRoute(deps))
  await app.register(planRoute(deps))
  await app.register(haltRoutes(deps))
  await app.register(webhookRoutes(deps))
  await app.register(sessionRoutes(deps))
  await app.register(signInRoutes(deps))
  await app.register(localAdminRoute(deps))
  await app.register(tokenRoutes(deps))
  await app.register(auditRoute(deps))
  await app.register(healthRoutes(deps))
  await app.register(metricsRoute(deps))
  await app.register(documentRoutes())
  await serveDashboard(app, deps.webDir)
  return app
}
